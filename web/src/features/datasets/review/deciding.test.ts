import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '@/lib/i18n'
import { exampleDecision, exampleItem } from '../fixtures'
import { figures, isPending, keepOf, whyWords } from './deciding'

const chosen = (keep: boolean | null) => ({ keep, crop: null, caption: null })

it('goes by the choice, and by the rules where there is none', () => {
  const dropped = exampleDecision({ keep: false, reason: 'blurred' })
  expect(keepOf(exampleItem('a', { decision: dropped }))).toBe(false)
  expect(keepOf(exampleItem('a', { decision: dropped, choice: chosen(true) }))).toBe(true)
  const taken = exampleDecision({ keep: true, reason: 'by_hand', automatic: 'blurred' })
  expect(keepOf(exampleItem('a', { decision: taken }))).toBe(false)
  expect(keepOf(exampleItem('a', { decision: null }))).toBeNull()
})

it('knows what the next build would change', () => {
  expect(isPending(exampleItem('a'))).toBe(false)
  expect(isPending(exampleItem('a', { choice: chosen(false) }))).toBe(true)
  const byHand = exampleDecision({ keep: false, reason: 'by_hand', automatic: 'good' })
  expect(isPending(exampleItem('a', { decision: byHand, choice: chosen(false) }))).toBe(false)
  expect(isPending(exampleItem('a', { decision: byHand, choice: chosen(true) }))).toBe(true)
  expect(isPending(exampleItem('a', { decision: byHand }))).toBe(true)
  expect(isPending(exampleItem('a', { choice: { keep: null, crop: [0, 0, 500, 500], caption: null } }))).toBe(true)
  expect(isPending(exampleItem('a', { choice: { keep: null, crop: null, caption: 'other' } }))).toBe(true)
})

it('has room for the figures that decided', () => {
  const item = (score: number, threshold: number) => ({
    decision: exampleDecision({ score, threshold, reason: 'blurred' }),
  })
  expect(figures(item(0.123, 0.15))).toBe('0.12 < 0.15')
  expect(figures(item(3, 1))).toBe('3 > 1')
  expect(figures({ decision: exampleDecision() })).toBe('')
})

describe('in Chinese', () => {
  beforeAll(() => speak('zh'))
  afterAll(() => speak('en'))

  it('says why, with the figures and the name of the other photo', () => {
    const decision = exampleDecision({
      keep: false,
      reason: 'near_copy',
      score: 4,
      threshold: 6,
      counterpart: 'b',
    })
    expect(whyWords(exampleItem('a', { decision }), () => 'b.jpg')).toBe(
      '与 b.jpg 是同一画面：哈希相差 4 位，6 位以内算副本。',
    )
    const byHand = exampleDecision({ keep: true, reason: 'by_hand', automatic: 'blurred' })
    expect(whyWords(exampleItem('a', { decision: byHand }), () => undefined)).toBe('手动保留。自动判断会排除。')
  })
})
