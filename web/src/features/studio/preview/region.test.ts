import { describe, expect, it } from 'vitest'
import { between, firstRegion, isWithin, movedBy, pressed, scaledBy } from './region'

const inside = ({ left, top, width, height }: ReturnType<typeof between>) => {
  expect(left).toBeGreaterThanOrEqual(0)
  expect(top).toBeGreaterThanOrEqual(0)
  expect(width).toBeGreaterThan(0)
  expect(height).toBeGreaterThan(0)
  // The service takes parts up to the edge, and not a hair beyond.
  expect(left + width).toBeLessThanOrEqual(1 + 1e-9)
  expect(top + height).toBeLessThanOrEqual(1 + 1e-9)
}

describe('the part that a preview shows', () => {
  it('begins in the middle, 256 pixels a side', () => {
    expect(firstRegion(1024, 512)).toEqual({ left: 0.375, top: 0.25, width: 0.25, height: 0.5 })
    expect(firstRegion(100, 100)).toEqual({ left: 0, top: 0, width: 1, height: 1 })
  })

  it('lies between two points, whichever comes first', () => {
    expect(between([0.75, 0.5], [0.25, 0.25])).toEqual({ left: 0.25, top: 0.25, width: 0.5, height: 0.25 })
  })

  it('stays within the photo, wherever it is dragged', () => {
    let seed = 1
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647
      return (seed / 2_147_483_647) * 3 - 1
    }
    for (let count = 0; count < 500; count += 1) {
      const drawn = between([random(), random()], [random(), random()])
      inside(drawn)
      inside(movedBy(drawn, random(), random()))
      inside(scaledBy(drawn, 0.1 + Math.abs(random()) * 5))
    }
  })

  it('is moved by arrow keys, and made larger and smaller by + and -', () => {
    const region = { left: 0.4, top: 0.4, width: 0.2, height: 0.2 }
    expect(pressed(region, 'ArrowLeft')?.left).toBeCloseTo(0.38)
    expect(pressed(region, 'ArrowDown')?.top).toBeCloseTo(0.42)
    expect(pressed(region, '+')?.width).toBeCloseTo(0.23)
    expect(pressed(region, '-')?.width).toBeLessThan(0.2)
    expect(pressed(region, 'a')).toBeNull()
  })

  it('knows what is within it', () => {
    const region = { left: 0.4, top: 0.4, width: 0.2, height: 0.2 }
    expect(isWithin(region, [0.5, 0.5])).toBe(true)
    expect(isWithin(region, [0.7, 0.5])).toBe(false)
  })
})
