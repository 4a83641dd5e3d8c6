import type { Size } from '@/components/stage/zoom'

/** A picture on the stage. */
export interface Shot extends Size {
  thumbnail: string | null
  /** What browsers can show; at most some thousand pixels a side. */
  screen: string | null
  /** The file itself, where browsers can show it and it is not too much for them. */
  full: string | null
  /** Whether `screen` has fewer pixels than the picture. */
  reduced: boolean
}

/** Longest side of the copy for screens. */
export const COPY = 3072

/** Whether the whole file is worth fetching at this zoom, in percent of real pixels. */
export function wantsFull(shot: Shot, percent: number): boolean {
  return shot.full !== null && percent >= 99.5
}

/** Whether more could be seen in the file than in the copy that is shown. */
export function onlyReduced(shot: Shot, percent: number): boolean {
  return shot.reduced && shot.full === null && percent * Math.max(shot.width, shot.height) > 100 * COPY
}
