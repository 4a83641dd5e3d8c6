import type { Row } from './rows'

/** A line of the gallery: the heading of a day, or photos side by side. */
export type Line = { kind: 'day'; day: string } | { kind: 'photos'; from: number; to: number }

/** Break rows into lines: each day begins a new one, below its heading. */
export function linesOf(rows: readonly Pick<Row, 'day'>[], columns: number): Line[] {
  const lines: Line[] = []
  let day = ''
  let start = 0
  for (const [index, row] of rows.entries()) {
    if (row.day !== day) {
      if (index > start) lines.push({ kind: 'photos', from: start, to: index })
      lines.push({ kind: 'day', day: row.day })
      day = row.day
      start = index
    } else if (index - start === columns) {
      lines.push({ kind: 'photos', from: start, to: index })
      start = index
    }
  }
  if (rows.length > start) lines.push({ kind: 'photos', from: start, to: rows.length })
  return lines
}

/** Which line a photo is in. Lines are in order, so halving finds it. */
export function lineOf(lines: readonly Line[], index: number): number {
  let [low, high] = [0, lines.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    const [, to] = reach(lines, middle)
    if (to > index) high = middle
    else low = middle + 1
  }
  return low
}

/** What a line holds; the heading of a day holds what was before it, and nothing of its own. */
function reach(lines: readonly Line[], at: number): [number, number] {
  const line = lines[at]
  if (line?.kind === 'photos') return [line.from, line.to]
  const before = lines[at - 1]
  return before?.kind === 'photos' ? [before.to, before.to] : [0, 0]
}

/** Where an arrow leads from a photo. Up and down keep the column as well as the lines allow. */
export function step(lines: readonly Line[], index: number, key: string, count: number): number {
  if (key === 'ArrowLeft') return Math.max(0, index - 1)
  if (key === 'ArrowRight') return Math.min(count - 1, index + 1)
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const at = lineOf(lines, index)
  const line = lines[at]
  const way = key === 'ArrowUp' ? -1 : 1
  if (line?.kind !== 'photos') return index
  for (let next = at + way; next >= 0 && next < lines.length; next += way) {
    const other = lines[next]
    if (other?.kind === 'photos') return Math.min(other.to - 1, other.from + (index - line.from))
  }
  return index
}
