import { describe, expect, it } from 'vitest'
import { askedOf, cleared, filtersOf, setOnes, withFilter } from './filters'

describe('the filters of the history', () => {
  it('are what the address says, without how it is shown and what is picked', () => {
    expect(filtersOf({ text: 'cat', view: 'table', picked: 'a' })).toEqual({ text: 'cat' })
  })

  it('are set and taken away one by one, while the rest stays', () => {
    const set = withFilter({ view: 'table', picked: 'a' }, 'status', 'failed')
    expect(set).toEqual({ view: 'table', picked: 'a', status: 'failed' })
    expect(withFilter(set, 'status', undefined)).toEqual({ view: 'table', picked: 'a' })
    expect(withFilter({ text: 'cat' }, 'text', '')).toEqual({})
  })

  it('know "not kept" from "no matter"', () => {
    expect(setOnes(withFilter({}, 'pinned', false))).toEqual(['pinned'])
    expect(askedOf({ pinned: false })).toEqual({ pinned: false })
  })

  it('know "from 0" from "no matter"', () => {
    const set = withFilter(withFilter({}, 'strength_min', 0), 'resolution_max', 2048)
    expect(setOnes(set)).toEqual(['strength_min', 'resolution_max'])
    expect(askedOf(set)).toEqual({ strength_min: 0, resolution_max: 2048 })
    expect(withFilter(set, 'strength_min', undefined)).toEqual({ resolution_max: 2048 })
  })

  it('are all gone when they are cleared, but nothing else is', () => {
    expect(
      cleared({ text: 'a', preset: 'b', strength_max: 0.5, since: '2026-01-01', view: 'table', picked: 'x,y' }),
    ).toEqual({
      view: 'table',
      picked: 'x,y',
    })
  })

  it('ask for whole days, where the person is', () => {
    const { since, until } = askedOf({ since: '2026-03-01', until: '2026-03-01' })
    const from = new Date(since ?? '')
    expect([from.getFullYear(), from.getMonth(), from.getDate(), from.getHours(), from.getMinutes()]).toEqual([
      2026, 2, 1, 0, 0,
    ])
    const to = new Date(until ?? '')
    expect([to.getDate(), to.getHours(), to.getMinutes(), to.getSeconds(), to.getMilliseconds()]).toEqual([
      1, 23, 59, 59, 999,
    ])
  })

  it('send no empty text and no more than the service reads', () => {
    expect(askedOf({ text: '   ' })).toEqual({})
    expect(askedOf({ text: ` ${'长'.repeat(300)}` }).text).toBe('长'.repeat(200))
    expect(askedOf({ text: '日落', status: 'failed' })).toEqual({ text: '日落', status: ['failed'] })
  })
})
