import { Ellipsis, Hammer, Pencil, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { IconButton } from '@/components/ui/IconButton'
import { Menu } from '@/components/ui/Menu'
import { DeleteDataset } from './list/DeleteDataset'
import { RenameDataset } from './list/RenameDataset'
import type { State } from './state'
import { useUploads } from './uploads'
import { useBuildActs } from './useBuildActs'
import { isOutdated, wasBuilt } from './useDataset'

const ICON = { 'aria-hidden': true, className: 'size-[18px]' } as const

/** What can be done with a dataset as a whole. */
export function DatasetActions({ dataset, task, building, onDeleted }: State & { onDeleted: () => void }) {
  const { t } = useTranslation('datasets')
  const id = dataset.dataset_id
  const { build, cancel } = useBuildActs(id)
  const sending = useUploads(id).some(one => one.state !== 'refused')
  const [asked, setAsked] = useState<'rename' | 'delete' | null>(null)
  const something = dataset.photos > 0 || dataset.waiting > 0
  const fresh = wasBuilt(dataset.steps) && !isOutdated(dataset.steps, dataset.waiting)
  const whole = fresh && dataset.steps.every(one => one.status === 'done')
  return (
    <>
      {building && task ? (
        <Button busy={cancel.isPending} icon={<X {...ICON} />} onClick={() => cancel.mutate(task.task_id)}>
          {t('cancel_build')}
        </Button>
      ) : (
        <Button
          look={whole ? 'plain' : 'primary'}
          busy={build.isPending}
          off={sending ? t('build_sending') : something ? null : t('build_empty')}
          icon={<Hammer {...ICON} />}
          onClick={() => build.mutate()}
        >
          {wasBuilt(dataset.steps) ? t('build_again') : t('build')}
        </Button>
      )}
      <Menu
        items={[
          {
            label: t('rename'),
            icon: <Pencil aria-hidden className="size-4 text-ink-3" />,
            onSelect: () => setAsked('rename'),
          },
          {
            label: t('common:delete'),
            icon: <Trash2 aria-hidden className="size-4" />,
            danger: true,
            onSelect: () => setAsked('delete'),
          },
        ]}
      >
        <IconButton label={t('more_about', { name: dataset.name })} icon={<Ellipsis {...ICON} />} />
      </Menu>
      {asked === 'rename' && <RenameDataset id={id} name={dataset.name} onClose={() => setAsked(null)} />}
      <DeleteDataset dataset={dataset} open={asked === 'delete'} onClose={() => setAsked(null)} onDeleted={onDeleted} />
    </>
  )
}
