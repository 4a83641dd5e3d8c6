/** Left, top, width, height in pixels of the upright photo. */
export type Box = [number, number, number, number]
export interface Size {
  width: number
  height: number
}
export type Corner = 'nw' | 'ne' | 'sw' | 'se'

/** The service takes no smaller part. */
export const LEAST = 16

const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))

/** The widest box of this shape that the photo has room for. */
export function widest(photo: Size, aspect: number): number {
  return Math.min(photo.width, photo.height * aspect)
}

function leastWidth(aspect: number): number {
  return Math.max(LEAST, LEAST * aspect)
}

export function moved([left, top, width, height]: Box, dx: number, dy: number, photo: Size): Box {
  return [
    within(left + dx, 0, Math.max(0, photo.width - width)),
    within(top + dy, 0, Math.max(0, photo.height - height)),
    width,
    height,
  ]
}

/** Pull a corner: the one across from it stays, and so does the shape. */
export function pulled(box: Box, corner: Corner, dx: number, dy: number, aspect: number, photo: Size): Box {
  const [left, top, width, height] = box
  const west = corner === 'nw' || corner === 'sw'
  const north = corner === 'nw' || corner === 'ne'
  const fixed = { x: west ? left + width : left, y: north ? top + height : top }
  const room = Math.min(west ? fixed.x : photo.width - fixed.x, (north ? fixed.y : photo.height - fixed.y) * aspect)
  // What is pulled further decides, so that the corner follows the hand along both edges.
  const wide = width + (west ? -dx : dx)
  const high = (height + (north ? -dy : dy)) * aspect
  const wanted = Math.abs(wide - width) >= Math.abs(high - width) ? wide : high
  const across = within(wanted, Math.min(leastWidth(aspect), room), room)
  const down = across / aspect
  return [west ? fixed.x - across : fixed.x, north ? fixed.y - down : fixed.y, across, down]
}

/** Make it larger or smaller around its middle, as far as the photo goes. */
export function scaled([left, top, width, height]: Box, by: number, aspect: number, photo: Size): Box {
  const across = within(width * by, leastWidth(aspect), widest(photo, aspect))
  const down = across / aspect
  return moved([left + (width - across) / 2, top + (height - down) / 2, across, down], 0, 0, photo)
}

/** Give a box another shape around the same middle, with the same area where the photo has room for that. */
export function shaped([left, top, width, height]: Box, aspect: number, photo: Size): Box {
  const across = within(Math.sqrt(width * height * aspect), leastWidth(aspect), widest(photo, aspect))
  const down = across / aspect
  return moved([left + (width - across) / 2, top + (height - down) / 2, across, down], 0, 0, photo)
}

const STEP = 64
const [LEAST_SIDE, MOST_SIDE] = [256, 2048]

/** The shapes that trainers sort pictures into: kohya's buckets with the area of a square, narrowest first. */
export function buckets(size: number): Size[] {
  const area = size * size
  const found = new Map<string, Size>()
  const add = (width: number, height: number) => found.set(`${width}x${height}`, { width, height })
  add(Math.floor(size / STEP) * STEP, Math.floor(size / STEP) * STEP)
  for (let width = LEAST_SIDE; width <= Math.min(MOST_SIDE, Math.floor(area / LEAST_SIDE)); width += STEP) {
    const height = Math.min(MOST_SIDE, Math.floor(area / width / STEP) * STEP)
    add(width, height)
    add(height, width)
  }
  return [...found.values()].sort(
    (one, other) => one.width / one.height - other.width / other.height || one.width - other.width,
  )
}

/** The bucket whose shape is nearest. */
export function nearestBucket(size: number, aspect: number): Size {
  const far = (one: Size) => Math.abs(Math.log(one.width / one.height / aspect))
  return buckets(size).reduce((best, one) => (far(one) < far(best) ? one : best))
}
