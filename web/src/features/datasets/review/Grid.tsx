import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Item } from '../api/items'
import { Cell, type CellActs } from './Cell'
import { type Line, lineOf, linesOf, placeInGroup, step } from './lines'

interface GridProps {
  scroller: RefObject<HTMLDivElement | null>
  width: number
  items: readonly Item[]
  /** In how many photos each person is. */
  people: readonly number[]
  chosen: ReadonlySet<string>
  active: string | null
  acts: CellActs
  /** Shift and an arrow choose up to where it leads. */
  onRange: (id: string) => void
  /** Any other key. */
  onKey: (event: KeyboardEvent) => void
  onEnd: () => void
}

const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']
const CELL = 176
const HEAD = 40
const NEAR_THE_END = 12
const BELOW = 96

/** All photos, however many; only those that can be seen are there. Arrows go through them. */
export function Grid({ scroller, width, items, people, chosen, active, acts, onRange, onKey, onEnd }: GridProps) {
  const { t } = useTranslation('datasets')
  const columns = Math.max(2, Math.floor(width / CELL))
  const lines = useMemo(() => linesOf(items, columns, people.length > 1), [items, columns, people.length])
  const height = Math.round(width / columns) + 36
  const at = Math.max(
    0,
    items.findIndex(one => one.item_id === active),
  )
  const activeLine = lineOf(lines, at)
  const heightOf = useCallback((line: Line | undefined) => (line?.kind === 'person' ? HEAD : height), [height])
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: index => heightOf(lines[index]),
    overscan: 3,
    scrollPaddingEnd: BELOW,
    // What has the focus must not go away.
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const shown = defaultRangeExtractor(range)
        return shown.includes(activeLine) ? shown : [...shown, activeLine].sort((a, b) => a - b)
      },
      [activeLine],
    ),
  })
  useLayoutEffect(() => {
    void heightOf
    void lines
    virtual.measure()
  }, [virtual, heightOf, lines])
  const last = virtual.range?.endIndex ?? 0
  useEffect(() => {
    if (last >= lines.length - NEAR_THE_END) onEnd()
  }, [last, lines.length, onEnd])

  const awaited = useRef<string | null>(null)
  useEffect(() => {
    if (awaited.current === null) return
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(awaited.current)}"]`)
    cell?.focus({ preventScroll: true })
    if (cell) awaited.current = null
  })
  const go = (event: KeyboardEvent<HTMLElement>) => {
    if (!ARROWS.includes(event.key) || event.metaKey || event.ctrlKey || event.altKey) return onKey(event)
    const to = step(lines, at, event.key, items.length)
    const next = items[to]
    event.preventDefault()
    if (!next || to === at) return
    if (event.shiftKey) onRange(next.item_id)
    awaited.current = next.item_id
    virtual.scrollToIndex(lineOf(lines, to), { align: 'auto' })
    acts.focus(next.item_id)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: lines come and go while it scrolls, which a table cannot
    <div
      role="grid"
      aria-label={t('section.review')}
      aria-multiselectable
      aria-rowcount={-1}
      aria-colcount={columns}
      onKeyDown={go}
    >
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(one => {
          const line = lines[one.index]
          return (
            line && (
              // biome-ignore lint/a11y/useSemanticElements: as the grid itself
              <div
                key={one.key}
                role="row"
                tabIndex={-1}
                style={{
                  transform: `translateY(${one.start}px)`,
                  height: one.size,
                  gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
                }}
                className="absolute inset-x-0 top-0 grid outline-none"
              >
                {line.kind === 'person' ? (
                  // biome-ignore lint/a11y/useSemanticElements: as the grid itself
                  <div role="gridcell" tabIndex={-1} className="col-span-full flex items-end gap-2 px-1.5 pb-2">
                    <h2 className="font-semibold">{personName(line.person)}</h2>
                    {line.person !== null && (
                      <span className="text-fact text-ink-3">
                        {t('photos', { count: people[line.person] ?? 0, shown: people[line.person] ?? 0 })}
                      </span>
                    )}
                  </div>
                ) : (
                  items
                    .slice(line.from, line.to)
                    .map((item, index) => (
                      <Cell
                        key={item.item_id}
                        item={item}
                        chosen={chosen.has(item.item_id)}
                        active={item.item_id === (active ?? items[0]?.item_id)}
                        group={placeInGroup(items, line.from + index)}
                        acts={acts}
                      />
                    ))
                )}
              </div>
            )
          )
        })}
      </div>
    </div>
  )

  function personName(person: number | null): string {
    return person === null ? t('nobody') : t('person', { number: person + 1 })
  }
}
