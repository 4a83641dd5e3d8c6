import { Link } from '@tanstack/react-router'
import { Download, GitCompareArrows, Pin, PinOff, Trash2, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '@/components/ui/IconButton'
import { number } from '@/lib/format'
import type { Acts } from '../acts'
import type { Row } from '../rows'
import { pickedOf, type Selection } from '../selection'

interface SelectionBarProps {
  selection: Selection
  rows: readonly Row[]
  acts: Acts
  onClear: () => void
}

const ICON = { 'aria-hidden': true, className: 'size-[18px]' } as const

/** What can be done with the photos that are chosen. */
export function SelectionBar({ selection, rows, acts, onClear }: SelectionBarProps) {
  const { t } = useTranslation('history')
  const count = selection.ids.size
  if (count === 0) return null
  const [a, b] = (pickedOf(selection) ?? '').split(',')
  const ready = rows.some(row => row.result !== null)
  const pinned = rows.length > 0 && rows.every(row => row.pinned)
  return (
    <section
      aria-label={t('chosen', { count })}
      className="absolute inset-x-3 bottom-3 z-20 mx-auto flex w-fit max-w-[calc(100%-24px)] items-center gap-1 rounded-md border border-line bg-raised p-1.5 pl-4 shadow-card"
    >
      <p aria-live="polite" className="mr-2 truncate text-[13px] font-[550]">
        {t('chosen', { count, shown: number(count) })}
      </p>
      {a && b ? (
        <Link
          to="/compare"
          search={{ a, b }}
          className="inline-flex h-9 items-center gap-2 rounded-sm bg-light px-3.5 font-[550] text-on-light hover:bg-light-hover"
        >
          <GitCompareArrows {...ICON} />
          {t('compare')}
        </Link>
      ) : (
        <IconButton label={t('compare')} off={t('compare_off')} icon={<GitCompareArrows {...ICON} />} />
      )}
      <IconButton
        label={pinned ? t('unpin') : t('pin_chosen')}
        icon={pinned ? <PinOff {...ICON} /> : <Pin {...ICON} />}
        onClick={() => acts.pin(rows, !pinned)}
      />
      <IconButton
        label={t('common:download')}
        off={ready ? null : t('download_off')}
        icon={<Download {...ICON} />}
        onClick={() => acts.download(rows)}
      />
      <IconButton
        label={t('common:delete')}
        icon={<Trash2 aria-hidden className="size-[18px] text-bad" />}
        onClick={() => rows.length > 0 && acts.remove(rows)}
      />
      <IconButton label={t('choose_none')} icon={<X {...ICON} />} onClick={onClear} />
    </section>
  )
}
