import { useQuery } from '@tanstack/react-query'
import { GraduationCap, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Button } from '@/components/ui/Button'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { datasetsOptions } from './api/datasets'
import { DatasetCard } from './list/DatasetCard'
import { NewDataset } from './list/NewDataset'

const CARDS = 'grid grid-cols-[repeat(auto-fill,minmax(min(100%,268px),1fr))] gap-4'

/** All datasets, newest first. */
export function DatasetsPage() {
  const { t } = useTranslation('datasets')
  const { data, error, isPending, refetch } = useQuery(datasetsOptions)
  const [making, setMaking] = useState(false)
  const make = (
    <Button look="primary" icon={<Plus aria-hidden className="size-4" />} onClick={() => setMaking(true)}>
      {t('new')}
    </Button>
  )
  return (
    <Page title={t('title')} actions={data && data.length > 0 && make}>
      {error && !data ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : isPending ? (
        <div className={CARDS}>
          {[1, 2, 3, 4].map(place => (
            <Skeleton key={place} className="h-60" />
          ))}
        </div>
      ) : data.length === 0 ? (
        <div className="mx-auto flex max-w-2xl flex-col items-center gap-5 px-6 py-14 text-center">
          <GraduationCap aria-hidden className="size-11 text-light" strokeWidth={1.4} />
          <h2 className="text-[20px] font-semibold tracking-[-0.01em]">{t('none')}</h2>
          <ol className="flex max-w-md flex-col gap-1.5 text-left text-ink-2">
            {(['none_1', 'none_2', 'none_3'] as const).map((line, index) => (
              <li key={line} className="flex gap-3">
                <span aria-hidden className="text-ink-3">
                  {index + 1}
                </span>
                {t(line)}
              </li>
            ))}
          </ol>
          {make}
        </div>
      ) : (
        <ul aria-label={t('title')} className={CARDS}>
          {data.map(one => (
            <li key={one.dataset_id}>
              <DatasetCard dataset={one} />
            </li>
          ))}
        </ul>
      )}
      {making && <NewDataset onClose={() => setMaking(false)} />}
    </Page>
  )
}
