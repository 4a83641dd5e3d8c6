/** Width and height, in whichever pixels. */
export interface Size {
  width: number
  height: number
}

/** Where the picture is: its scale over "fit", and where its left top corner lies in the pane, in CSS pixels. */
export interface View {
  scale: number
  x: number
  y: number
}

/** Above this, in percent of real pixels, pixels are shown as squares. */
export const SQUARES = 300
/** How far one can zoom in, in percent of real pixels. */
const CLOSEST = 1600
const STEP = 1.25
/** Two pictures have one frame if their shapes differ by less than this. */
const SAME_SHAPE = 0.02

/** The largest size of this shape that has room in `room`. */
export function fitInto(frame: Size, room: Size): Size {
  if (frame.width <= 0 || frame.height <= 0) return { width: 0, height: 0 }
  const share = Math.min(room.width / frame.width, room.height / frame.height)
  return { width: frame.width * share, height: frame.height * share }
}

/** The zoom in percent of the result's real pixels: at 100, one of them is one of the screen. */
export function percentOf(scale: number, fit: Size, frame: Size, density = 1): number {
  return frame.width > 0 ? (scale * fit.width * density * 100) / frame.width : 0
}

/** The scale over "fit" at which so many percent of the real pixels are shown. */
export function scaleAt(percent: number, fit: Size, frame: Size, density = 1): number {
  return fit.width > 0 ? (percent * frame.width) / (fit.width * density * 100) : 1
}

/** The least and the greatest scale: "fit" and 100% can both always be reached. */
export function limitsOf(fit: Size, frame: Size, density = 1): { least: number; most: number } {
  const full = scaleAt(100, fit, frame, density)
  return { least: Math.min(1, full), most: Math.max(4, scaleAt(CLOSEST, fit, frame, density)) }
}

/** The scale one step closer, or further away with -1, within its limits. */
export function stepped(scale: number, direction: 1 | -1, limits: { least: number; most: number }): number {
  return Math.max(limits.least, Math.min(limits.most, scale * STEP ** direction))
}

/** Keep the picture in the pane: no gap beside it where it is larger, in the middle where it is smaller. */
export function clamped(view: View, fit: Size, pane: Size): View {
  const along = (at: number, side: number, room: number) =>
    side <= room ? (room - side) / 2 : Math.max(room - side, Math.min(0, at))
  return {
    scale: view.scale,
    x: along(view.x, fit.width * view.scale, pane.width),
    y: along(view.y, fit.height * view.scale, pane.height),
  }
}

/** Zoom so that what lies in the middle of the pane stays there. */
export function zoomedTo(view: View, scale: number, fit: Size, pane: Size): View {
  const share = scale / view.scale
  const along = (at: number, room: number) => room / 2 - (room / 2 - at) * share
  return clamped({ scale, x: along(view.x, pane.width), y: along(view.y, pane.height) }, fit, pane)
}

/** The whole picture, in the middle of the pane. */
export function fitted(fit: Size, pane: Size): View {
  return clamped({ scale: 1, x: 0, y: 0 }, fit, pane)
}

/** Whether one picture can be laid over the other without lying about what is where. */
export function sameShape(one: Size, other: Size): boolean {
  const [first, second] = [one.width / one.height, other.width / other.height]
  return Math.abs(first - second) <= SAME_SHAPE * Math.max(first, second)
}
