import { useElementScrollRestoration } from '@tanstack/react-router'
import { type RefObject, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Acts } from '../acts'
import { dayName } from '../days'
import { type Line, linesOf } from '../lines'
import { useNames } from '../names'
import type { Row } from '../rows'
import type { Selection } from '../selection'
import { Roll } from './Roll'
import { TableHead, TableRow } from './TableRow'
import { Tile } from './Tile'

interface ResultsProps {
  view: 'gallery' | 'table'
  scroller: RefObject<HTMLDivElement | null>
  width: number
  rows: readonly Row[]
  selection: Selection
  active: string | null
  acts: Acts
  onEnd: () => void
}

const LEAST_TILE = 200
const LEAST_TILE_SMALL = 150
const LEAST_TILE_LARGE = 250
const SMALL = 600
const LARGE = 1900
const GAP = 14
const CAPTION = 40
const DAY = 44
const TABLE_LINE = 64

/** What was found, as a gallery or as a table. */
export function Results({ view, scroller, width, rows, selection, active, acts, onEnd }: ResultsProps) {
  const { t } = useTranslation('history')
  const names = useNames()
  const restored = useElementScrollRestoration({ id: 'history' })
  const gallery = view === 'gallery'
  const least = width < SMALL ? LEAST_TILE_SMALL : width < LARGE ? LEAST_TILE : LEAST_TILE_LARGE
  const columns = gallery ? Math.max(2, Math.floor((width + GAP) / (least + GAP))) : 1
  const tileHeight = Math.round(((width - GAP * (columns - 1)) / columns) * 0.75) + CAPTION
  const lines = useMemo<readonly Line[]>(
    () => (gallery ? linesOf(rows, columns) : rows.map((_, index) => ({ kind: 'photos', from: index, to: index + 1 }))),
    [gallery, rows, columns],
  )
  const heightOf = useCallback(
    (line: Line) => (line.kind === 'day' ? DAY : gallery ? tileHeight + GAP : TABLE_LINE),
    [gallery, tileHeight],
  )
  const reachable = active !== null && rows.some(row => row.id === active) ? active : (rows[0]?.id ?? null)
  const choosing = selection.ids.size > 0
  const of = (row: Row) => ({
    known: row,
    names,
    acts,
    chosen: selection.ids.has(row.id),
    choosing,
    active: row.id === reachable,
  })
  const drawLine = (line: Line) => {
    if (line.kind === 'day') return <Day words={dayName(line.day, t)} columns={columns} />
    const shown = rows.slice(line.from, line.to)
    if (!gallery) return shown.map(row => <TableRow key={row.id} {...of(row)} />)
    return (
      // biome-ignore lint/a11y/useSemanticElements: photos side by side are a grid, and no table
      // biome-ignore lint/a11y/useFocusableInteractive: its cells have the focus
      <div
        role="row"
        className="grid gap-[14px]"
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, height: tileHeight }}
      >
        {shown.map(row => (
          <Tile key={row.id} {...of(row)} />
        ))}
      </div>
    )
  }
  return (
    <Roll
      key={view}
      label={t('results')}
      scroller={scroller}
      rows={rows}
      lines={lines}
      columns={gallery ? columns : 9}
      heightOf={heightOf}
      start={restored?.scrollY ?? 0}
      active={reachable}
      head={gallery ? null : <TableHead />}
      drawLine={drawLine}
      onGo={acts.focus}
      onEnd={onEnd}
    />
  )
}

function Day({ words, columns }: { words: string; columns: number }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of photos, no table
    // biome-ignore lint/a11y/useFocusableInteractive: there is nothing to do with it
    <div role="row" className="flex h-full items-end pb-2.5">
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
      <span role="rowheader" aria-colspan={columns} className="text-[13px] font-semibold text-ink-2">
        {words}
      </span>
    </div>
  )
}
