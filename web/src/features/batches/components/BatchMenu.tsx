import { Ellipsis, FileText, FolderOpen, Image, RotateCw, Trash2, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Menu, type MenuItem } from '@/components/ui/Menu'
import type { Batch } from '../api/listBatches'
import { againOf, openOnes } from '../sums'
import type { useBatchActs } from '../useBatchActs'

interface BatchMenuProps {
  batch: Batch
  acts: ReturnType<typeof useBatchActs>
  onOpen?: () => void
  onCancel: () => void
  onDelete: () => void
}

const ICON = { 'aria-hidden': true, className: 'size-4 text-ink-3' } as const

/** What can be done with a batch, as far as there is something to do. */
export function BatchMenu({ batch, acts, onOpen, onCancel, onDelete }: BatchMenuProps) {
  const { t } = useTranslation('batches')
  const open = openOnes(batch)
  const items: MenuItem[] = []
  if (onOpen) items.push({ label: t('open'), icon: <FolderOpen {...ICON} />, onSelect: onOpen })
  items.push({ label: t('to_studio'), icon: <Image {...ICON} />, onSelect: acts.toStudio })
  items.push({ label: t('report'), icon: <FileText {...ICON} />, onSelect: acts.report })
  for (const which of againOf(batch))
    items.push({ label: t(`retry.${which}`), icon: <RotateCw {...ICON} />, onSelect: () => acts.retry.mutate(which) })
  if (open > 0) items.push({ label: t('cancel_batch'), icon: <X {...ICON} />, onSelect: onCancel })
  else
    items.push({
      label: t('common:delete'),
      icon: <Trash2 aria-hidden className="size-4" />,
      danger: true,
      onSelect: onDelete,
    })
  return (
    <Menu items={items}>
      <button
        type="button"
        aria-label={t('more_about')}
        className="grid size-9 place-items-center rounded-sm text-ink-3 hover:bg-raised hover:text-ink"
      >
        <Ellipsis aria-hidden className="size-[18px]" />
      </button>
    </Menu>
  )
}
