import i18n from 'i18next'
import { describe, expect, it } from 'vitest'
import { dayName } from './days'
import { lineOf, linesOf, step } from './lines'
import { dayOf } from './rows'

const days = (...counts: number[]) =>
  counts.flatMap((count, day) => Array.from({ length: count }, () => ({ day: `2026-11-${20 - day}` })))

describe('the lines of the gallery', () => {
  it('begin anew for each day, below its heading', () => {
    expect(linesOf(days(4, 1), 3)).toEqual([
      { kind: 'day', day: '2026-11-20' },
      { kind: 'photos', from: 0, to: 3 },
      { kind: 'photos', from: 3, to: 4 },
      { kind: 'day', day: '2026-11-19' },
      { kind: 'photos', from: 4, to: 5 },
    ])
    expect(linesOf([], 3)).toEqual([])
  })

  it.each([1, 2, 3, 5, 8])('hold every photo once and in order, %i side by side', columns => {
    for (const counts of [[1], [7, 3], [columns, columns * 2, 1], [40, 1, 1, 13]]) {
      const rows = days(...counts)
      const lines = linesOf(rows, columns)
      const photos = lines.flatMap(line =>
        line.kind === 'photos' ? Array.from({ length: line.to - line.from }, (_, at) => line.from + at) : [],
      )
      expect(photos).toEqual(rows.map((_, at) => at))
      expect(lines.every(line => line.kind === 'day' || line.to - line.from <= columns)).toBe(true)
      for (const at of photos) {
        const line = lines[lineOf(lines, at)]
        expect(line?.kind === 'photos' && line.from <= at && at < line.to).toBe(true)
      }
    }
  })
})

describe('the arrows', () => {
  const rows = days(5, 2, 4)
  const lines = linesOf(rows, 3)
  const go = (from: number, key: string) => step(lines, from, key, rows.length)

  it('lead from photo to photo, over the end of lines and days', () => {
    expect(go(2, 'ArrowRight')).toBe(3)
    expect(go(5, 'ArrowLeft')).toBe(4)
    expect(go(0, 'ArrowLeft')).toBe(0)
    expect(go(10, 'ArrowRight')).toBe(10)
  })

  it('lead up and down past headings, in the same column as far as there is one', () => {
    expect(go(1, 'ArrowDown')).toBe(4)
    expect(go(4, 'ArrowDown')).toBe(6)
    expect(go(2, 'ArrowDown')).toBe(4)
    expect(go(7, 'ArrowUp')).toBe(5)
    expect(go(1, 'ArrowUp')).toBe(1)
    expect(go(10, 'ArrowDown')).toBe(10)
  })

  it('lead to both ends', () => {
    expect([go(4, 'Home'), go(4, 'End')]).toEqual([0, 10])
  })
})

describe('days', () => {
  const t = i18n.getFixedT('en', 'history')

  it('are those of the person, not those of the service', () => {
    const late = new Date(2026, 2, 5, 23, 59)
    expect(dayOf(late.toISOString())).toBe('2026-03-05')
  })

  it('are called today, yesterday, or by their date', () => {
    const now = new Date(2026, 2, 1, 0, 5)
    expect(dayName('2026-03-01', t, now)).toBe('Today')
    expect(dayName('2026-02-28', t, now)).toBe('Yesterday')
    expect(dayName('2026-02-27', t, now)).toBe('February 27, 2026')
  })
})
