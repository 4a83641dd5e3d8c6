import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ArrowLeft, SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { buttonLook } from '@/components/ui/buttonLook'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Tag } from '@/components/ui/Tag'
import { Trouble } from '@/components/ui/Trouble'
import { ServiceError } from '@/lib/api/errors'
import { SECTIONS, type Section } from '@/lib/datasetSearch'
import { number } from '@/lib/format'
import { late } from '@/lib/late'
import type { Dataset } from './api/datasets'
import { BuildBar } from './BuildBar'
import { DatasetActions } from './DatasetActions'
import { PhotosSection } from './photos/PhotosSection'
import { useDataset } from './useDataset'

const waiting = <Skeleton className="m-4 h-72 md:m-5" />
const OTHERS = {
  review: late(() => import('./review/ReviewSection').then(code => code.ReviewSection), waiting),
  captions: late(() => import('./captions/CaptionsSection').then(code => code.CaptionsSection), waiting),
  coverage: late(() => import('./coverage/CoverageSection').then(code => code.CoverageSection), waiting),
  settings: late(() => import('./settings/SettingsSection').then(code => code.SettingsSection), waiting),
  result: late(() => import('./result/ResultSection').then(code => code.ResultSection), waiting),
}

/** One dataset: its photos and how they become a training set. */
export function DatasetPage() {
  const { t } = useTranslation('datasets')
  const { datasetId } = useParams({ from: '/datasets/$datasetId' })
  const { section = 'photos' } = useSearch({ from: '/datasets/$datasetId' })
  const navigate = useNavigate()
  const { data, error, refetch, task, running, building } = useDataset(datasetId)
  const lead = (
    <Link
      to="/datasets"
      aria-label={t('back')}
      className="-ml-2 grid size-9 shrink-0 place-items-center rounded-sm text-ink-2 hover:bg-raised hover:text-ink"
    >
      <ArrowLeft aria-hidden className="size-[18px]" />
    </Link>
  )
  if (!data)
    return (
      <Page fixed title={t('dataset')} lead={lead}>
        {error instanceof ServiceError && error.status === 404 ? (
          <Empty
            icon={<SearchX />}
            title={t('unknown')}
            hint={t('unknown_hint')}
            action={
              <Link to="/datasets" className={buttonLook('plain')}>
                {t('back')}
              </Link>
            }
          />
        ) : error ? (
          <Trouble error={error} onRetry={() => void refetch()} />
        ) : (
          waiting
        )}
      </Page>
    )
  const state = { dataset: data, task, running, building }
  const Other = section === 'photos' ? null : OTHERS[section]
  return (
    <Page
      fixed
      title={data.name}
      lead={lead}
      chips={
        data.photos > 0 && (
          <Tag>
            {data.kept > 0
              ? t('kept_of', { kept: number(data.kept), photos: number(data.photos) })
              : t('photos', { count: data.photos, shown: number(data.photos) })}
          </Tag>
        )
      }
      actions={<DatasetActions {...state} onDeleted={() => void navigate({ to: '/datasets' })} />}
    >
      <Sections now={section} dataset={data} />
      <BuildBar {...state} />
      <div key={datasetId} className="flex min-h-0 flex-1 flex-col">
        {Other ? <Other dataset={data} /> : <PhotosSection {...state} />}
      </div>
    </Page>
  )
}

function Sections({ now, dataset }: { now: Section; dataset: Dataset }) {
  const { t } = useTranslation('datasets')
  const { datasetId } = useParams({ from: '/datasets/$datasetId' })
  const counts: Partial<Record<Section, ReactNode>> = {
    review: dataset.photos > 0 && number(dataset.photos),
    result: dataset.exports.length > 0 && number(dataset.exports.length),
  }
  return (
    <nav
      aria-label={t('sections')}
      className="flex shrink-0 gap-1 overflow-x-auto border-b border-line-soft px-2 [scrollbar-width:none] md:px-3"
    >
      {SECTIONS.map(section => (
        <Link
          key={section}
          to="/datasets/$datasetId"
          params={{ datasetId }}
          search={section === 'photos' ? {} : { section }}
          aria-current={section === now ? 'page' : undefined}
          activeProps={{}}
          className={`-mb-px flex h-11 shrink-0 items-center gap-1.5 border-b-2 px-2.5 text-[13px] whitespace-nowrap transition-colors ${section === now ? 'border-light font-semibold text-ink' : 'border-transparent text-ink-2 hover:text-ink'}`}
        >
          {t(`section.${section}`)}
          {counts[section] && <span className="font-normal text-ink-3">{counts[section]}</span>}
        </Link>
      ))}
    </nav>
  )
}
