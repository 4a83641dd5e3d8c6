import { defaultParseSearch, defaultStringifySearch } from '@tanstack/react-router'
import { describe, expect, it } from 'vitest'
import { type HistorySearch, readHistorySearch } from '@/lib/historySearch'

const whole: HistorySearch = {
  text: '毕业',
  status: 'failed',
  preset: 'my own preset',
  operation: 'upscale',
  style: 'clay',
  strength_min: 0,
  strength_max: 0.85,
  resolution_min: 1,
  resolution_max: 2048,
  since: '2024-02-29',
  until: '2026-11-22',
  pinned: false,
  view: 'table',
  picked: 'a1,b2',
}

/** What comes back from an address that was made from a search. */
const throughAddress = (search: object) => readHistorySearch(defaultParseSearch(defaultStringifySearch(search)))

describe('the search of the history in the address', () => {
  it('comes back as it went in', () => {
    expect(throughAddress(whole)).toEqual(whole)
  })

  it.each(Object.entries(whole))('comes back with only %s = %s', (name, value) => {
    expect(throughAddress({ [name]: value })).toEqual({ [name]: value })
  })

  it.each([
    '123',
    '0012',
    '1e5',
    'true',
    'null',
    '"quoted"',
    'a&b=c',
    '100%',
    '+',
    '海边 日落',
    '😀',
    '[1]',
    '{"a":1}',
    "it's",
  ])('keeps the text %s as it was typed', text => {
    expect(throughAddress({ text })).toEqual({ text })
  })

  it('takes digits that were typed into the address by hand', () => {
    expect(readHistorySearch({ text: 42 })).toEqual({ text: '42' })
  })

  it.each([
    { status: 'done' },
    { status: 7 },
    { since: '2026-13-01' },
    { since: '2026-02-30' },
    { since: '2025-02-29' },
    { until: 'yesterday' },
    { until: 20261122 },
    { strength_min: -0.1 },
    { strength_max: 1.01 },
    { strength_min: 'half' },
    { strength_max: null },
    { resolution_min: 0 },
    { resolution_max: 1024.5 },
    { resolution_max: 2 ** 31 },
    { resolution_min: [512] },
    { pinned: 'yes' },
    { pinned: 1 },
    { view: 'list' },
    { text: '' },
    { text: ['a'] },
    { preset: null },
    { style: {} },
    { picked: false },
    { anything: 'else' },
  ])('leaves out what makes no sense: %o', search => {
    expect(readHistorySearch(search)).toEqual({})
  })

  it('says the same when it is read twice', () => {
    for (const search of [whole, { text: 5, view: 'x', pinned: true }, {}]) {
      const once = readHistorySearch(search as Record<string, unknown>)
      expect(readHistorySearch({ ...once })).toEqual(once)
    }
  })
})
