import clsx from 'clsx'
import { Hand, TriangleAlert } from 'lucide-react'
import { type MouseEvent, memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'
import type { Item } from '../api/items'
import { figures, isPending, keepOf } from './deciding'

export interface CellActs {
  open: (item: Item) => void
  focus: (id: string) => void
  choose: (id: string, range: boolean) => void
}

interface CellProps {
  item: Item
  chosen: boolean
  active: boolean
  group: { first: boolean; last: boolean } | null
  acts: CellActs
}

/** A photo of the grid: whether it goes in, and why not. */
export const Cell = memo(function Cell({ item, chosen, active, group, acts }: CellProps) {
  const { t } = useTranslation('datasets')
  const keep = keepOf(item)
  const byHand = item.choice.keep !== null
  const warned = (item.crop?.warnings.length ?? 0) > 0 || (item.caption?.issues.length ?? 0) > 0
  const reason = item.decision ? t(`reason.${item.decision.automatic ?? item.decision.reason}`) : t('undecided')
  const state = keep === null ? t('undecided') : t(keep ? 'kept' : 'dropped')
  const figure = figures(item)
  const tag = keep === false && !byHand ? reason : state
  const rest = byHand ? t('by_hand') : tag === reason ? state : reason
  // What can be read on it comes first, in its order.
  const label = `${[item.name, figure].filter(Boolean).join(' ')}, ${tag}, ${rest}`
  const press = (event: MouseEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) acts.choose(item.item_id, event.shiftKey)
    else acts.open(item)
  }
  return (
    <div className={clsx('h-full pb-3', group ? 'px-0' : 'px-1.5')}>
      <div
        className={clsx(
          'h-full',
          group && [
            'bg-line-soft px-1.5 pt-1.5',
            group.first && 'ml-1.5 rounded-l-md pl-0.5',
            group.last && 'mr-1.5 rounded-r-md pr-0.5',
          ],
        )}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: photos side by side are a grid, and no table */}
        <div
          role="gridcell"
          data-item={item.item_id}
          aria-selected={chosen}
          aria-label={label}
          tabIndex={active ? 0 : -1}
          onFocus={() => acts.focus(item.item_id)}
          onClick={press}
          onKeyDown={() => undefined}
          className={clsx(
            'flex h-full cursor-pointer flex-col overflow-hidden rounded-md border bg-surface transition-colors',
            chosen ? 'border-light ring-1 ring-light' : 'border-line-soft hover:border-ink-3',
          )}
        >
          <p className="order-last flex h-9 shrink-0 items-center justify-between gap-2 px-2.5 text-fact">
            <span title={item.name} className="min-w-0 truncate">
              {item.name}
            </span>{' '}
            <span className="shrink-0 text-ink-3">{figure}</span>
          </p>{' '}
          <div className="relative min-h-0 flex-1 bg-[#0d0b0a]">
            <Picture
              path={item.preview_url}
              alt=""
              draggable={false}
              className={clsx(
                'absolute inset-0 size-full object-cover object-[50%_30%]',
                keep === false && 'opacity-40 saturate-50',
              )}
            />
            <span
              className={clsx(
                'absolute top-2 left-2 flex max-w-[calc(100%-16px)] items-center gap-1.5 rounded-full bg-[#0d0b0acc] px-2 py-0.5 text-[12px]',
                keep ? 'text-[#9be8b8]' : keep === false ? 'text-[#ffb0b0]' : 'text-[#f4efe8]',
              )}
            >
              {byHand && <Hand aria-hidden className="size-3.5 shrink-0" />}
              <span className="truncate">{tag}</span>
            </span>
            {isPending(item) && (
              <span
                role="img"
                aria-label={t('pending')}
                title={t('pending')}
                className="absolute top-3 right-3 size-2.5 rounded-full bg-[#ffbd5c] shadow-[0_0_0_2px_#0d0b0acc]"
              />
            )}
            {warned && keep && (
              <span
                role="img"
                aria-label={t('flagged')}
                className="absolute right-2 bottom-2 rounded-full bg-[#0d0b0acc] p-1 text-[#ffd08a]"
              >
                <TriangleAlert aria-hidden className="size-3.5" />
              </span>
            )}
          </div>
        </div>
      </div>
    </div>
  )
})
