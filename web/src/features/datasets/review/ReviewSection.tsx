import { useNavigate, useSearch } from '@tanstack/react-router'
import { Images } from 'lucide-react'
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import type { DatasetSearch } from '@/lib/datasetSearch'
import { number } from '@/lib/format'
import { late } from '@/lib/late'
import { useWidth } from '@/lib/useWidth'
import type { Dataset } from '../api/datasets'
import type { Item, ItemFilters } from '../api/items'
import type { CellActs } from './Cell'
import { isPending } from './deciding'
import { FilterBar } from './FilterBar'
import { Grid } from './Grid'
import { SelectionBar } from './SelectionBar'
import { useDeciding } from './useDeciding'
import { useItems } from './useItems'
import { useSelection } from './useSelection'

const LargeView = late(() => import('./LargeView').then(code => code.LargeView))
const CropEditor = late(() => import('../crop/CropEditor').then(code => code.CropEditor))

type Changed = { [N in keyof DatasetSearch]?: DatasetSearch[N] | undefined }
const KEYS: Record<string, boolean | null> = { k: true, d: false, u: null }

/** All photos with what was decided of each: to be looked at, and decided otherwise. */
export function ReviewSection({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets')
  const id = dataset.dataset_id
  const search = useSearch({ from: '/datasets/$datasetId' })
  const navigate = useNavigate({ from: '/datasets/$datasetId' })
  const { show, reason, person, flagged, text, open, crop } = search
  const filters = useMemo<ItemFilters>(
    () => ({
      ...(show ? { show } : {}),
      ...(reason ? { reason } : {}),
      ...(person === undefined ? {} : { person }),
      ...(flagged ? { flagged } : {}),
      ...(text ? { text } : {}),
    }),
    [show, reason, person, flagged, text],
  )
  const go = useCallback(
    (changed: Changed) =>
      void navigate({
        search: before =>
          Object.fromEntries(
            Object.entries({ ...before, ...changed }).filter(([, value]) => value !== undefined),
          ) as DatasetSearch,
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  )
  const { list, items, total, readOn } = useItems(id, filters)
  const decide = useDeciding(id)
  const selection = useSelection(items)
  const [active, setActive] = useState<string | null>(open ?? crop ?? null)
  const scroller = useRef<HTMLDivElement>(null)
  const width = useWidth(scroller)
  const { choose } = selection
  const acts = useMemo<CellActs>(
    () => ({ open: item => go({ open: item.item_id }), focus: setActive, choose }),
    [go, choose],
  )
  const shown = open ?? crop
  const meant = (): Item[] => {
    if (selection.ids.size > 0) return items.filter(one => selection.ids.has(one.item_id))
    const one = items.find(item => item.item_id === (active ?? items[0]?.item_id))
    return one ? [one] : []
  }
  const press = (event: KeyboardEvent) => {
    if (event.target instanceof Element && !event.target.closest('[data-item]')) return
    const key = event.key.toLowerCase()
    if ((event.ctrlKey || event.metaKey) && key === 'a') selection.set(new Set(items.map(one => one.item_id)))
    else if (event.ctrlKey || event.metaKey || event.altKey) return
    else if (key in KEYS) void decide(meant(), KEYS[key] ?? null)
    else if (key === 'enter' || key === ' ') {
      const one = items.find(item => item.item_id === active)
      if (one) go({ open: one.item_id })
    } else if (key === 'escape' && selection.ids.size > 0) selection.set(new Set())
    else return
    event.preventDefault()
  }
  const pending = items.filter(isPending).length
  const leave = (last: string) => {
    setActive(last)
    go({ open: undefined, crop: undefined })
    // Back to where it was: the photo that was looked at last.
    setTimeout(() => scroller.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(last)}"]`)?.focus())
  }
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div className="flex shrink-0 flex-col gap-2 px-4 pt-3 pb-2 md:px-5">
        <FilterBar dataset={dataset} search={search} onFilter={go} />
        <p role="status" className="flex flex-wrap gap-x-3 text-fact text-ink-3">
          {list.data && t('found', { count: total, shown: number(total) })}
          {pending > 0 && (
            <span className="text-amber">{t('changes', { count: pending, shown: number(pending) })}</span>
          )}
          <span className="max-md:hidden">{t('review_keys')}</span>
        </p>
      </div>
      <div
        ref={scroller}
        data-scroll-restoration-id="review"
        className="min-h-0 flex-1 overflow-y-scroll pr-1 pb-20 pl-2.5 md:pr-2 md:pl-3.5"
      >
        {list.isError && items.length === 0 ? (
          <Trouble error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending || width === 0 ? (
          <div className="grid grid-cols-[repeat(auto-fill,minmax(160px,1fr))] gap-3 p-1.5">
            {[1, 2, 3, 4, 5, 6, 7, 8].map(place => (
              <Skeleton key={place} className="h-52" />
            ))}
          </div>
        ) : items.length === 0 ? (
          <Nothing filtered={Object.keys(filters).length > 0} />
        ) : (
          <Grid
            scroller={scroller}
            width={width}
            items={items}
            people={dataset.people}
            chosen={selection.ids}
            active={active}
            acts={acts}
            onRange={to => selection.range(active ?? items[0]?.item_id ?? to, to)}
            onKey={press}
            onEnd={readOn}
          />
        )}
        {list.isFetchNextPageError && (
          <div className="grid place-items-center p-3">
            <Button small onClick={() => void list.fetchNextPage()}>
              {t('common:retry')}
            </Button>
          </div>
        )}
      </div>
      <SelectionBar
        count={selection.ids.size}
        onDecide={keep => void decide(meant(), keep)}
        onClear={() => selection.set(new Set())}
      />
      {shown !== undefined &&
        items.length > 0 &&
        (crop ? (
          <CropEditor
            key={crop}
            dataset={dataset}
            id={crop}
            items={items}
            onOpen={next => go({ crop: next, open: undefined })}
            onClose={() => (open ? go({ crop: undefined }) : leave(crop))}
          />
        ) : (
          <LargeView
            dataset={dataset}
            id={shown}
            items={items}
            onOpen={next => go({ open: next })}
            onCrop={one => go({ crop: one })}
            onDecide={(one, keep) => void decide([one], keep)}
            onClose={() => leave(shown)}
          />
        ))}
    </div>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation('datasets')
  return (
    <Empty
      icon={<Images />}
      title={t(filtered ? 'none_found' : 'review_none')}
      hint={t(filtered ? 'none_found_hint' : 'review_none_hint')}
    />
  )
}
