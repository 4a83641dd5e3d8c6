import type { Region } from '../api/preview'

const SIDE = 256
const LEAST = 0.02
const STEP = 0.02
const GROW = 1.15

/** The part that is shown first: the middle, as large as a preview takes little time for. */
export function firstRegion(width: number, height: number): Region {
  if (width <= 0 || height <= 0) return { left: 0.35, top: 0.35, width: 0.3, height: 0.3 }
  const [across, down] = [Math.min(1, SIDE / width), Math.min(1, SIDE / height)]
  return { left: (1 - across) / 2, top: (1 - down) / 2, width: across, height: down }
}

/** The part between two points, in shares of the photo; never smaller than a fiftieth, never beyond the edges. */
export function between(from: readonly [number, number], to: readonly [number, number]): Region {
  const [left, right] = ends(from[0], to[0])
  const [top, bottom] = ends(from[1], to[1])
  return { left, top, width: right - left, height: bottom - top }
}

function ends(one: number, other: number): [number, number] {
  const [low, high] = [Math.max(0, Math.min(one, other)), Math.min(1, Math.max(one, other))]
  if (high - low >= LEAST) return [low, high]
  const from = Math.min(Math.max(0, low), 1 - LEAST)
  return [from, from + LEAST]
}

/** The same part elsewhere, kept within the photo. */
export function movedBy(region: Region, across: number, down: number): Region {
  return {
    ...region,
    left: Math.max(0, Math.min(1 - region.width, region.left + across)),
    top: Math.max(0, Math.min(1 - region.height, region.top + down)),
  }
}

/** The same part larger or smaller around its middle, kept within the photo. */
export function scaledBy(region: Region, factor: number): Region {
  const width = Math.max(LEAST, Math.min(1, region.width * factor))
  const height = Math.max(LEAST, Math.min(1, region.height * factor))
  const middle = { ...region, width, height }
  return movedBy(middle, (region.width - width) / 2, (region.height - height) / 2)
}

export function isWithin(region: Region, [x, y]: readonly [number, number]): boolean {
  return x >= region.left && x <= region.left + region.width && y >= region.top && y <= region.top + region.height
}

/** What a key makes of a part: arrows move it, + and - make it larger and smaller; `null` = nothing. */
export function pressed(region: Region, key: string): Region | null {
  switch (key) {
    case 'ArrowLeft':
      return movedBy(region, -STEP, 0)
    case 'ArrowRight':
      return movedBy(region, STEP, 0)
    case 'ArrowUp':
      return movedBy(region, 0, -STEP)
    case 'ArrowDown':
      return movedBy(region, 0, STEP)
    case '+':
      return scaledBy(region, GROW)
    case '-':
      return scaledBy(region, 1 / GROW)
    default:
      return null
  }
}
