import { describe, expect, it } from 'vitest'
import { speak } from '@/lib/i18n'
import { bytes, percent, seconds, size } from './format'

describe('figures', () => {
  it('are said as people say them', () => {
    expect([0.04, 0.44, 9.96, 12.4, 59.6, 61, 200, 3600, 7500].map(seconds)).toEqual([
      '0 s',
      '0.4 s',
      '10 s',
      '12 s',
      '1 min',
      '1 min 1 s',
      '3 min 20 s',
      '1 h',
      '2 h 5 min',
    ])
    expect([0, 999, 1500, 6_100_000, 48_000_000].map(bytes)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.5 kB',
      '6.1 MB',
      '48 MB',
    ])
    expect(size(2048, 1365)).toBe('2,048 × 1,365')
    expect(percent(0.624)).toBe('62%')
  })

  it('are said in Chinese', async () => {
    await speak('zh')
    expect(seconds(200)).toBe('3 分 20 秒')
    await speak('en')
  })
})
