import type { Item } from '../api/items'

/** A line of the grid: who follows, or photos side by side. */
export type Line = { kind: 'person'; person: number | null } | { kind: 'photos'; from: number; to: number }

/** Break photos into lines: each person begins a new one, below its name. Without people there are no names. */
export function linesOf(items: readonly Pick<Item, 'decision'>[], columns: number, named: boolean): Line[] {
  const lines: Line[] = []
  let person: number | null | undefined
  let start = 0
  const close = (to: number) => {
    if (to > start) lines.push({ kind: 'photos', from: start, to })
    start = to
  }
  for (const [index, item] of items.entries()) {
    const of = item.decision?.person ?? null
    if (named && of !== person) {
      close(index)
      lines.push({ kind: 'person', person: of })
      person = of
    } else if (index - start === columns) close(index)
  }
  close(items.length)
  return lines
}

/** Which line a photo is in. */
export function lineOf(lines: readonly Line[], index: number): number {
  return Math.max(
    0,
    lines.findIndex(line => line.kind === 'photos' && line.from <= index && index < line.to),
  )
}

/** Where an arrow leads from a photo. Up and down keep the column as well as the lines allow. */
export function step(lines: readonly Line[], index: number, key: string, count: number): number {
  if (key === 'ArrowLeft') return Math.max(0, index - 1)
  if (key === 'ArrowRight') return Math.min(count - 1, index + 1)
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const way = key === 'ArrowUp' ? -1 : 1
  const at = lineOf(lines, index)
  const line = lines[at]
  if (line?.kind !== 'photos') return index
  for (let next = at + way; next >= 0 && next < lines.length; next += way) {
    const other = lines[next]
    if (other?.kind === 'photos') return Math.min(other.to - 1, other.from + (index - line.from))
  }
  return index
}

/** Whether a photo begins or ends a group of duplicates, or is alone. */
export function placeInGroup(
  items: readonly Pick<Item, 'decision'>[],
  index: number,
): { first: boolean; last: boolean } | null {
  const group = items[index]?.decision?.group ?? null
  if (group === null) return null
  const same = (at: number) => items[at]?.decision?.group === group
  if (!same(index - 1) && !same(index + 1)) return null
  return { first: !same(index - 1), last: !same(index + 1) }
}
