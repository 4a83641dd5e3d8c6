import { Download, Ellipsis, Eye, FileText, Pin, PinOff, RotateCw, SlidersHorizontal, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Menu, type MenuItem } from '@/components/ui/Menu'
import type { Acts } from '../acts'
import { hasEnded, type Row } from '../rows'

const ICON = { 'aria-hidden': true, className: 'size-4 text-ink-3' } as const

/** All that can be done with one photo. */
export function RowMenu({ row, acts, onPhoto = false }: { row: Row; acts: Acts; onPhoto?: boolean }) {
  const { t } = useTranslation('history')
  const items: MenuItem[] = [
    { label: t('open'), icon: <Eye {...ICON} />, onSelect: () => acts.open(row) },
    ...(row.dataset === null
      ? [
          { label: t('again'), icon: <RotateCw {...ICON} />, onSelect: () => acts.again(row) },
          { label: t('use'), icon: <SlidersHorizontal {...ICON} />, onSelect: () => acts.takeSettings(row) },
        ]
      : []),
    row.pinned
      ? { label: t('unpin'), icon: <PinOff {...ICON} />, onSelect: () => acts.pin([row], false) }
      : { label: t('pin'), icon: <Pin {...ICON} />, onSelect: () => acts.pin([row], true) },
  ]
  if (row.result)
    items.push({ label: t('common:download'), icon: <Download {...ICON} />, onSelect: () => acts.download([row]) })
  if (hasEnded(row)) {
    if (row.dataset === null)
      items.push({ label: t('report'), icon: <FileText {...ICON} />, onSelect: () => acts.report(row) })
    items.push({
      label: t('common:delete'),
      icon: <Trash2 aria-hidden className="size-4" />,
      danger: true,
      onSelect: () => acts.remove([row]),
    })
  }
  return (
    <Menu items={items}>
      <button
        type="button"
        tabIndex={-1}
        aria-label={t('more_about', { name: row.name })}
        className={
          onPhoto
            ? 'grid size-8 place-items-center rounded-full bg-[#0d0b0acc] text-[#f4efe8] hover:bg-[#0d0b0a]'
            : 'grid size-8 place-items-center rounded-sm text-ink-3 hover:bg-raised hover:text-ink'
        }
      >
        <Ellipsis aria-hidden className="size-4" />
      </button>
    </Menu>
  )
}
