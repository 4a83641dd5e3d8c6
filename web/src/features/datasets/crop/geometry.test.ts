import { describe, expect, it } from 'vitest'
import { type Box, buckets, type Corner, LEAST, moved, nearestBucket, pulled, scaled, shaped } from './geometry'

const photo = { width: 1000, height: 800 }
const box: Box = [200, 100, 400, 400]

const inside = ([left, top, width, height]: Box) =>
  left >= -1e-6 && top >= -1e-6 && left + width <= photo.width + 1e-6 && top + height <= photo.height + 1e-6

it('moves as far as the photo goes', () => {
  expect(moved(box, 50, -20, photo)).toEqual([250, 80, 400, 400])
  expect(moved(box, 5000, 5000, photo)).toEqual([600, 400, 400, 400])
  expect(moved(box, -5000, -5000, photo)).toEqual([0, 0, 400, 400])
})

describe.each(['nw', 'ne', 'sw', 'se'] as const)('a pull at %s', corner => {
  const fixedOf = ([left, top, width, height]: Box, at: Corner) => [
    at === 'nw' || at === 'sw' ? left + width : left,
    at === 'nw' || at === 'ne' ? top + height : top,
  ]

  it.each([1, 1.5, 0.6])('keeps the corner across, the shape %s, and stays inside', aspect => {
    const start = shaped(box, aspect, photo)
    for (const [dx, dy] of [
      [40, 10],
      [-40, -10],
      [3000, -3000],
      [-3000, 3000],
      [-3000, -3000],
      [3000, 3000],
    ] as const) {
      const pull = pulled(start, corner, dx, dy, aspect, photo)
      const [fixed, before] = [fixedOf(pull, corner), fixedOf(start, corner)]
      for (const axis of [0, 1]) expect(fixed[axis]).toBeCloseTo(before[axis] ?? 0)
      expect(pull[2] / pull[3]).toBeCloseTo(aspect)
      expect(inside(pull)).toBe(true)
      expect(Math.min(pull[2], pull[3])).toBeGreaterThanOrEqual(LEAST - 1e-6)
    }
  })
})

it('grows around its middle up to the whole photo, and shrinks to the least', () => {
  const [left, top, width, height] = scaled(box, 1.5, 1, photo)
  expect([left + width / 2, top + height / 2, width]).toEqual([400, 300, 600])
  expect(scaled(box, 100, 1, photo)).toEqual([0, 0, 800, 800])
  expect(scaled(box, 0.0001, 1, photo)[2]).toBe(LEAST)
  expect(inside(scaled([0, 0, 100, 100], 3, 1, photo))).toBe(true)
})

it("has the trainer's buckets: steps of 64, no larger than the square, both ways round", () => {
  const all = buckets(1024)
  expect(all.every(one => one.width % 64 === 0 && one.height % 64 === 0)).toBe(true)
  expect(all.every(one => one.width * one.height <= 1024 * 1024)).toBe(true)
  const names = new Set(all.map(one => `${one.width}x${one.height}`))
  expect(all.every(one => names.has(`${one.height}x${one.width}`))).toBe(true)
  expect(names.has('1024x1024')).toBe(true)
  expect(names.has('832x1216')).toBe(true)
  expect(nearestBucket(1024, 0.68)).toEqual({ width: 832, height: 1216 })
})
