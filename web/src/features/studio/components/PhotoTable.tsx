import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useWidth } from '@/lib/useWidth'
import type { OnTable } from '../useOnTable'
import { TableWaiting } from './TableWaiting'
import { TaskTile } from './TaskTile'
import { UploadTile } from './UploadTile'

const LEAST_WIDTH = 200
const GAP = 14
const CAPTION = 40

/** The photos on the table, as many rows as can be seen. */
export function PhotoTable({ onTable }: { onTable: OnTable }) {
  const { t } = useTranslation('studio')
  const scrolling = useRef<HTMLDivElement>(null)
  const width = useWidth(scrolling)
  const columns = Math.max(2, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)))
  const tileHeight = ((width - GAP * (columns - 1)) / columns) * 0.75 + CAPTION
  const { tasks, uploads, loading, more, batch } = onTable
  const count = tasks.length + uploads.length
  const rows = useVirtualizer({
    count: Math.ceil(count / columns),
    getScrollElement: () => scrolling.current,
    estimateSize: () => tileHeight + GAP,
    overscan: 2,
  })
  // The height of a row follows from the width of the page.
  const measured = useRef(tileHeight)
  if (measured.current !== tileHeight) {
    measured.current = tileHeight
    rows.measure()
  }
  return (
    <div className="min-h-0 flex-1 py-4 pl-4 md:py-5 md:pl-5">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <section ref={scrolling} aria-label={t('table')} tabIndex={0} className="h-full overflow-y-auto pr-4 md:pr-5">
        {loading && <TableWaiting />}
        <ul className="relative" style={{ height: rows.getTotalSize() }}>
          {width > 0 &&
            rows.getVirtualItems().map(row => (
              <li
                key={row.key}
                style={{ transform: `translateY(${row.start}px)` }}
                className="absolute inset-x-0 top-0"
              >
                <ul className="grid gap-[14px]" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
                  {Array.from({ length: Math.min(columns, count - row.index * columns) }, (_, column) => {
                    const task = tasks[row.index * columns + column]
                    const upload = uploads[row.index * columns + column - tasks.length]
                    return (
                      <li key={task?.task_id ?? upload?.id} style={{ height: tileHeight }}>
                        {task ? <TaskTile known={task} /> : upload && <UploadTile upload={upload} />}
                      </li>
                    )
                  })}
                </ul>
              </li>
            ))}
        </ul>
        {more && batch && (
          <Link to="/batches/$batchId" params={{ batchId: batch }} className="block py-4 text-center text-light-text">
            {t('more_in_batch')}
          </Link>
        )}
      </section>
    </div>
  )
}
