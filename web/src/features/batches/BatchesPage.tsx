import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Rows3 } from 'lucide-react'
import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { ToStudio } from '@/components/ToStudio'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { batchesOptions } from './api/listBatches'
import { BatchCard } from './components/BatchCard'
import { eachOnce } from './eachOnce'

const CARD = 100

/** All batches, newest first. */
export function BatchesPage() {
  const { t } = useTranslation('batches')
  const list = useInfiniteQuery(batchesOptions)
  const batches = useMemo(() => eachOnce(list.data?.pages ?? []), [list.data])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: batches.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD,
    getItemKey: index => batches[index]?.batch_task_id ?? index,
    overscan: 6,
    gap: 10,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { hasNextPage, isFetching, fetchNextPage } = list
  useEffect(() => {
    if (last >= batches.length - 5 && hasNextPage && !isFetching) void fetchNextPage()
  }, [last, batches.length, hasNextPage, isFetching, fetchNextPage])
  return (
    <Page fixed title={t('title')}>
      <div ref={scroller} data-scroll-restoration-id="batches" className="min-h-0 flex-1 overflow-y-scroll p-4 md:p-5">
        {list.isError && batches.length === 0 ? (
          <Trouble error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending ? (
          <div className="flex flex-col gap-2.5">
            {[1, 2, 3, 4, 5].map(place => (
              <Skeleton key={place} className="h-[86px]" />
            ))}
          </div>
        ) : batches.length === 0 ? (
          <NoBatches />
        ) : (
          <ul aria-label={t('title')} className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map(item => {
              const batch = batches[item.index]
              return (
                batch && (
                  <li
                    key={item.key}
                    ref={virtual.measureElement}
                    data-index={item.index}
                    style={{ transform: `translateY(${item.start}px)` }}
                    className="absolute inset-x-0 top-0"
                  >
                    <BatchCard batch={batch} />
                  </li>
                )
              )
            })}
          </ul>
        )}
      </div>
    </Page>
  )
}

function NoBatches() {
  const { t } = useTranslation('batches')
  return <Empty icon={<Rows3 />} title={t('none')} hint={t('none_hint')} action={<ToStudio />} />
}
