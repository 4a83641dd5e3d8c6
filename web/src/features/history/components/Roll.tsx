import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react'
import { type Line, lineOf, step } from '../lines'
import type { Row } from '../rows'

interface RollProps {
  label: string
  scroller: RefObject<HTMLDivElement | null>
  rows: readonly Row[]
  lines: readonly Line[]
  columns: number
  heightOf: (line: Line) => number
  /** Where it was scrolled to when the page was left. */
  start: number
  /** The photo that the keyboard comes to. */
  active: string | null
  head?: ReactNode
  drawLine: (line: Line) => ReactNode
  onGo: (id: string) => void
  /** The end is near. */
  onEnd: () => void
}

const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']
const NEAR_THE_END = 12
/** What lies over the photos: the head of the table, and what can be done with those that are chosen. */
const HEAD = 40
const FOOT = 80

/** All photos one below the other, however many; only those that can be seen are there. Arrows go through them. */
export function Roll({ scroller, rows, lines, heightOf, active, start, onGo, onEnd, ...props }: RollProps) {
  const at = active === null ? 0 : rows.findIndex(row => row.id === active)
  const activeLine = rows.length > 0 ? lineOf(lines, Math.max(0, at)) : -1
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: index => heightOf(lines[index] ?? { kind: 'day', day: '' }),
    overscan: 4,
    initialOffset: start,
    scrollPaddingStart: HEAD,
    scrollPaddingEnd: FOOT,
    // What has the focus must not go away.
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const shown = defaultRangeExtractor(range)
        if (activeLine < 0 || shown.includes(activeLine)) return shown
        return [...shown, activeLine].sort((a, b) => a - b)
      },
      [activeLine],
    ),
  })
  useLayoutEffect(() => {
    void heightOf
    virtual.measure()
  }, [virtual, heightOf])

  const items = virtual.getVirtualItems()
  const last = virtual.range?.endIndex ?? 0
  useEffect(() => {
    if (rows.length > 0 && last >= lines.length - NEAR_THE_END) onEnd()
  }, [last, lines.length, rows.length, onEnd])

  const awaited = useRef<string | null>(null)
  useEffect(() => {
    if (awaited.current === null) return
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(awaited.current)}"]`)
    cell?.focus({ preventScroll: true })
    if (cell) awaited.current = null
  })
  const go = (event: KeyboardEvent<HTMLElement>) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-row]')
    if (!cell || !ARROWS.includes(event.key) || event.metaKey || event.ctrlKey || event.altKey) return
    // Menus and boxes have arrows of their own.
    if (event.target !== cell) return
    event.preventDefault()
    const from = rows.findIndex(row => row.id === cell.dataset.row)
    const to = step(lines, from, event.key, rows.length)
    const next = rows[to]
    if (from < 0 || !next || to === from) return
    awaited.current = next.id
    virtual.scrollToIndex(lineOf(lines, to), { align: 'auto' })
    onGo(next.id)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: lines come and go while it scrolls, which a table cannot
    <div
      role="grid"
      aria-label={props.label}
      aria-multiselectable
      aria-rowcount={-1}
      aria-colcount={props.columns}
      onKeyDown={go}
    >
      {props.head}
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map(item => {
          const line = lines[item.index]
          return (
            line && (
              <div
                key={item.key}
                role="presentation"
                style={{ transform: `translateY(${item.start}px)`, height: item.size }}
                className="absolute inset-x-0 top-0"
              >
                {props.drawLine(line)}
              </div>
            )
          )
        })}
      </div>
    </div>
  )
}
