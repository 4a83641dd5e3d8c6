export type Side = 'top' | 'right' | 'bottom' | 'left'

export interface Point {
  left: number
  top: number
}

interface Size {
  width: number
  height: number
}

const GAP = 6
const EDGE = 8
const OTHER: Record<Side, Side> = { top: 'bottom', bottom: 'top', left: 'right', right: 'left' }

/** Where a box goes beside `anchor`: on that side, on the other where there is no room, and always within the window. */
export function placeBeside(anchor: Point & Size, box: Size, side: Side, window: Size): Point {
  const chosen = fits(anchor, box, side, window) || !fits(anchor, box, OTHER[side], window) ? side : OTHER[side]
  const { left, top } = beside(anchor, box, chosen)
  return {
    left: Math.max(EDGE, Math.min(left, window.width - box.width - EDGE)),
    top: Math.max(EDGE, Math.min(top, window.height - box.height - EDGE)),
  }
}

function beside(anchor: Point & Size, box: Size, side: Side): Point {
  const middle = {
    left: anchor.left + (anchor.width - box.width) / 2,
    top: anchor.top + (anchor.height - box.height) / 2,
  }
  if (side === 'top') return { ...middle, top: anchor.top - box.height - GAP }
  if (side === 'bottom') return { ...middle, top: anchor.top + anchor.height + GAP }
  if (side === 'left') return { ...middle, left: anchor.left - box.width - GAP }
  return { ...middle, left: anchor.left + anchor.width + GAP }
}

function fits(anchor: Point & Size, box: Size, side: Side, window: Size): boolean {
  const { left, top } = beside(anchor, box, side)
  if (side === 'top' || side === 'bottom') return top >= EDGE && top + box.height <= window.height - EDGE
  return left >= EDGE && left + box.width <= window.width - EDGE
}
