import { describe, expect, it } from 'vitest'
import {
  clamped,
  fitInto,
  fitted,
  limitsOf,
  percentOf,
  sameShape,
  scaleAt,
  stepped,
  zoomedTo,
} from '@/components/stage/zoom'

const frame = { width: 2000, height: 1000 }
const pane = { width: 800, height: 600 }
const fit = fitInto(frame, pane)

describe('fit', () => {
  it('is the largest size of the same shape that has room', () => {
    expect(fit).toEqual({ width: 800, height: 400 })
    expect(fitInto({ width: 100, height: 400 }, pane)).toEqual({ width: 150, height: 600 })
  })

  it('is nothing for a picture without a size', () => {
    expect(fitInto({ width: 0, height: 0 }, pane)).toEqual({ width: 0, height: 0 })
  })

  it('puts the picture into the middle of the pane', () => {
    expect(fitted(fit, pane)).toEqual({ scale: 1, x: 0, y: 100 })
  })
})

describe('the zoom in percent of real pixels', () => {
  it('tells how many pixels of the screen one of the result takes', () => {
    expect(percentOf(1, fit, frame)).toBe(40)
    expect(percentOf(2.5, fit, frame)).toBe(100)
  })

  it('counts the real pixels of a dense screen', () => {
    expect(percentOf(1, fit, frame, 2)).toBe(80)
    expect(scaleAt(100, fit, frame, 2)).toBe(1.25)
  })

  it('is undone by the scale at that percentage', () => {
    for (const percent of [10, 40, 100, 333])
      expect(percentOf(scaleAt(percent, fit, frame), fit, frame)).toBeCloseTo(percent)
  })
})

describe('the limits', () => {
  it('let a large photo be seen whole and at 1600%', () => {
    expect(limitsOf(fit, frame)).toEqual({ least: 1, most: 40 })
  })

  it('let a small photo go down to 100%', () => {
    const small = { width: 200, height: 100 }
    expect(limitsOf(fitInto(small, pane), small).least).toBe(0.25)
  })

  it('hold steps back', () => {
    const limits = { least: 1, most: 4 }
    expect(stepped(1, -1, limits)).toBe(1)
    expect(stepped(3.9, 1, limits)).toBe(4)
    expect(stepped(2, 1, limits)).toBe(2.5)
  })
})

describe('moving', () => {
  it('leaves no gap beside a picture that is larger than the pane', () => {
    expect(clamped({ scale: 2, x: 50, y: -900 }, fit, pane)).toEqual({ scale: 2, x: 0, y: -200 })
  })

  it('keeps a side that is smaller than the pane in the middle', () => {
    expect(clamped({ scale: 1, x: -30, y: 0 }, fit, pane)).toEqual({ scale: 1, x: 0, y: 100 })
  })

  it('keeps the middle of the pane where it is while zooming', () => {
    const view = { scale: 2, x: -500, y: -100 }
    const closer = zoomedTo(view, 4, fit, pane)
    const middle = (one: typeof view) => [(400 - one.x) / one.scale, (300 - one.y) / one.scale]
    expect(middle(closer)).toEqual(middle(view))
  })
})

it('tells pictures of another shape apart, and forgives a rounded pixel', () => {
  expect(sameShape({ width: 640, height: 427 }, { width: 1024, height: 683 })).toBe(true)
  expect(sameShape({ width: 640, height: 427 }, { width: 512, height: 512 })).toBe(false)
})
