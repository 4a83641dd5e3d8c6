import { useVirtualizer } from '@tanstack/react-virtual'
import { MessageSquareText, Replace } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Empty } from '@/components/ui/Empty'
import { Segmented } from '@/components/ui/Segmented'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { number } from '@/lib/format'
import type { Dataset } from '../api/datasets'
import type { Item } from '../api/items'
import { useItems } from '../review/useItems'
import { CaptionRow } from './CaptionRow'
import { captionOf, isByHand, isFlagged } from './captionOf'
import { ReplaceDialog } from './ReplaceDialog'

type Show = 'all' | 'flagged' | 'hand'
const ROW = 168
const ALL = { show: 'kept' } as const

/** All captions, to be read and changed in place. */
export function CaptionsSection({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets')
  const { list, items, readOn } = useItems(dataset.dataset_id, ALL)
  // Counting and replacing are about all of them.
  useEffect(readOn, [readOn])
  const captioned = useMemo(() => items.filter(one => captionOf(one) !== null), [items])
  const [show, setShow] = useState<Show>('all')
  const [replacing, setReplacing] = useState(false)
  const counts = {
    all: captioned.length,
    flagged: captioned.filter(isFlagged).length,
    hand: captioned.filter(isByHand).length,
  }
  // What is put right stays where it is until another choice is made.
  const [frozen, setFrozen] = useState<ReadonlySet<string> | null>(null)
  const choose = (next: Show) => {
    setShow(next)
    const fits = next === 'flagged' ? isFlagged : isByHand
    setFrozen(next === 'all' ? null : new Set(captioned.filter(fits).map(one => one.item_id)))
  }
  const shown = frozen ? captioned.filter(one => frozen.has(one.item_id)) : captioned
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-3 pb-2 md:px-5">
        <div className="w-96 max-w-full">
          <Segmented
            label={t('show')}
            value={show}
            choices={(['all', 'flagged', 'hand'] as const).map(value => ({
              value,
              label: `${t(`captions.${value}`)} ${number(counts[value])}`,
            }))}
            onChange={choose}
          />
        </div>
        <p className="text-fact text-ink-3 max-md:hidden">{t('captions.keys')}</p>
        <Button
          className="ml-auto"
          off={captioned.length > 0 ? null : t('captions.none')}
          icon={<Replace aria-hidden className="size-4" />}
          onClick={() => setReplacing(true)}
        >
          {t('captions.replace')}
        </Button>
      </div>
      {list.isError && items.length === 0 ? (
        <Trouble error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <div className="flex flex-col gap-3 p-4 md:p-5">
          {[1, 2, 3, 4].map(place => (
            <Skeleton key={place} className="h-32" />
          ))}
        </div>
      ) : captioned.length === 0 ? (
        <Empty icon={<MessageSquareText />} title={t('captions.none')} hint={t('captions.none_hint')} />
      ) : (
        <Rows key={show} dataset={dataset} items={shown} />
      )}
      {replacing && <ReplaceDialog id={dataset.dataset_id} items={captioned} onClose={() => setReplacing(false)} />}
    </>
  )
}

function Rows({ dataset, items }: { dataset: Dataset; items: readonly Item[] }) {
  const { t } = useTranslation('datasets')
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: index => items[index]?.item_id ?? index,
    overscan: 4,
    gap: 10,
  })
  const awaited = useRef<number | null>(null)
  useEffect(() => {
    if (awaited.current === null) return
    const field = scroller.current?.querySelector<HTMLTextAreaElement>(`[data-index="${awaited.current}"] textarea`)
    field?.focus()
    if (field) awaited.current = null
  })
  const [, draw] = useState(0)
  const next = useCallback(
    (index: number) => {
      if (index >= items.length) return
      awaited.current = index
      virtual.scrollToIndex(index, { align: 'auto' })
      // Where it is there already, nothing else would lead to it.
      draw(now => now + 1)
    },
    [items.length, virtual],
  )
  if (items.length === 0) return <p className="p-10 text-center text-ink-2">{t('captions.none_of')}</p>
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-scroll px-4 pt-1 pb-8 md:px-5">
      <ul aria-label={t('section.captions')} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(one => {
          const item = items[one.index]
          return (
            item && (
              <li
                key={one.key}
                ref={virtual.measureElement}
                data-index={one.index}
                style={{ transform: `translateY(${one.start}px)` }}
                className="absolute inset-x-0 top-0"
              >
                <CaptionRow dataset={dataset} item={item} onNext={() => next(one.index + 1)} />
              </li>
            )
          )
        })}
      </ul>
    </div>
  )
}
