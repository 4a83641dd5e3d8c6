import { Link } from '@tanstack/react-router'
import clsx from 'clsx'
import { Ellipsis, Images, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'
import { IconButton } from '@/components/ui/IconButton'
import { Menu } from '@/components/ui/Menu'
import { Tag } from '@/components/ui/Tag'
import { number, time } from '@/lib/format'
import type { DatasetSummary } from '../api/datasets'
import { DeleteDataset } from './DeleteDataset'
import { RenameDataset } from './RenameDataset'

/** A dataset in the list. */
export function DatasetCard({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useTranslation('datasets')
  const [asked, setAsked] = useState<'rename' | 'delete' | null>(null)
  const { photos, kept, waiting } = dataset
  return (
    <article
      aria-label={dataset.name}
      className="relative flex h-full flex-col overflow-hidden rounded-md border border-line-soft bg-surface transition-colors focus-within:border-ink-3 hover:border-ink-3"
    >
      <div className="h-40 bg-raised">
        <Covers paths={dataset.covers} />
      </div>
      <div className="flex flex-1 flex-col gap-1 py-3 pr-2 pl-4">
        <div className="flex items-center gap-2">
          <h2 className="min-w-0 flex-1 truncate font-semibold">
            <Link
              to="/datasets/$datasetId"
              params={{ datasetId: dataset.dataset_id }}
              className="after:absolute after:inset-0"
            >
              {dataset.name}
            </Link>
          </h2>
          <span className="relative">
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
              <IconButton
                small
                label={t('more_about', { name: dataset.name })}
                icon={<Ellipsis className="size-4" />}
              />
            </Menu>
          </span>
        </div>
        <p className="pr-2 text-fact text-ink-2">
          {photos === 0
            ? waiting > 0
              ? t('waiting', { count: waiting, shown: number(waiting) })
              : t('empty')
            : kept > 0
              ? t('kept_of', { kept: number(kept), photos: number(photos) })
              : t('photos', { count: photos, shown: number(photos) })}
          <span className="text-ink-3"> · {time(dataset.created_at)}</span>
        </p>
        <div className="mt-auto flex flex-wrap gap-1.5 pt-2 pr-2">
          {dataset.building && <Tag tone="light">{t('building')}</Tag>}
          {dataset.layouts.map(layout => (
            <Tag key={layout}>{t(`layouts.${layout}`, { defaultValue: layout })}</Tag>
          ))}
        </div>
      </div>
      {dataset.building && (
        <div
          role="progressbar"
          aria-label={t('building')}
          className="absolute inset-x-0 bottom-0 h-[3px] animate-pulse bg-light"
        />
      )}
      {asked === 'rename' && (
        <RenameDataset id={dataset.dataset_id} name={dataset.name} onClose={() => setAsked(null)} />
      )}
      <DeleteDataset dataset={dataset} open={asked === 'delete'} onClose={() => setAsked(null)} />
    </article>
  )
}

function Covers({ paths }: { paths: readonly string[] }) {
  if (paths.length === 0)
    return (
      <div className="grid size-full place-items-center text-ink-3">
        <Images aria-hidden className="size-8" strokeWidth={1.2} />
      </div>
    )
  return (
    <div
      className={clsx('grid size-full gap-px', paths.length > 1 && 'grid-cols-2', paths.length > 2 && 'grid-rows-2')}
    >
      {paths.slice(0, 4).map((path, index) => (
        <Picture
          key={path}
          path={path}
          alt=""
          loading="lazy"
          draggable={false}
          className={clsx(
            'size-full min-h-0 min-w-0 object-cover object-[50%_25%]',
            paths.length === 3 && index === 0 && 'row-span-2',
          )}
        />
      ))}
    </div>
  )
}
