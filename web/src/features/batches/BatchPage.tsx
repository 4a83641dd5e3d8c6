import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { ArrowLeft, Download, Image, RotateCw, X } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Button } from '@/components/ui/Button'
import { IconButton } from '@/components/ui/IconButton'
import { Segmented } from '@/components/ui/Segmented'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { number } from '@/lib/format'
import { batchOptions } from './api/getBatch'
import type { Batch } from './api/listBatches'
import { BatchMenu } from './components/BatchMenu'
import { askToCancel, BatchQuestions, type Question } from './components/BatchQuestions'
import { BatchState } from './components/BatchState'
import { TaskLines } from './components/TaskLines'
import { Totals } from './components/Totals'
import { againOf, countOf, openOnes, SHOWS, type Show, shownOf } from './sums'
import { useBatchActs } from './useBatchActs'
import { useBatchTasks } from './useBatchTasks'
import { usePresetNames } from './usePresetNames'

/** A batch: how far it is, and each of its photos. */
export function BatchPage() {
  const { t } = useTranslation('batches')
  const { batchId } = useParams({ from: '/batches/$batchId' })
  const names = usePresetNames()
  const { data: batch, error, refetch } = useQuery(batchOptions(batchId))
  const title = batch
    ? [t('photos', { count: batch.total, shown: number(batch.total) }), batch.presets.map(names).join(', ')]
        .filter(Boolean)
        .join(' · ')
    : t('batch')
  return (
    <Page
      fixed
      title={title}
      lead={
        <Link
          to="/batches"
          aria-label={t('back')}
          className="-ml-2 grid size-9 place-items-center rounded-sm text-ink-2 hover:bg-raised hover:text-ink"
        >
          <ArrowLeft aria-hidden className="size-[18px]" />
        </Link>
      }
      chips={batch && <BatchState status={batch.status} />}
      actions={batch && <Actions batch={batch} />}
    >
      {error && !batch ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : (
        <Photos key={batchId} id={batchId} batch={batch} />
      )}
    </Page>
  )
}

function Actions({ batch }: { batch: Batch }) {
  const { t } = useTranslation('batches')
  const navigate = useNavigate()
  const acts = useBatchActs(batch.batch_task_id, () => void navigate({ to: '/batches' }))
  const [question, setQuestion] = useState<Question>(null)
  const [again] = againOf(batch)
  const cancel = () => askToCancel(batch, acts, () => setQuestion('cancel'))
  const icon = { 'aria-hidden': true, className: 'size-[18px]' } as const
  return (
    <>
      <IconButton label={t('to_studio')} icon={<Image {...icon} />} onClick={acts.toStudio} className="max-sm:hidden" />
      {again && (
        <Button busy={acts.retry.isPending} icon={<RotateCw {...icon} />} onClick={() => acts.retry.mutate(again)}>
          <span className="max-sm:sr-only">{t(`retry.${again}`)}</span>
        </Button>
      )}
      {!again && batch.refused > 0 && (
        <Button off={t('retry_off', { count: batch.refused })} icon={<RotateCw {...icon} />}>
          <span className="max-sm:sr-only">{t('retry.failed')}</span>
        </Button>
      )}
      {openOnes(batch) > 0 && (
        <Button busy={acts.cancel.isPending} icon={<X {...icon} />} onClick={cancel}>
          <span className="max-sm:sr-only">{t('cancel_batch')}</span>
        </Button>
      )}
      <Button
        look="primary"
        off={batch.completed > 0 ? null : t('download_off')}
        icon={<Download {...icon} />}
        onClick={acts.download}
      >
        <span className="max-sm:sr-only">
          {openOnes(batch) > 0 && batch.completed > 0
            ? t('download_ready', { shown: number(batch.completed) })
            : t('download')}
        </span>
      </Button>
      <BatchMenu batch={batch} acts={acts} onCancel={cancel} onDelete={() => setQuestion('delete')} />
      <BatchQuestions batch={batch} question={question} acts={acts} onClose={() => setQuestion(null)} />
    </>
  )
}

function Photos({ id, batch }: { id: string; batch: Batch | undefined }) {
  const { t } = useTranslation('batches')
  const { data: tasks, error, refetch } = useBatchTasks(id, batch)
  const [show, setShow] = useState<Show>('all')
  const shown = useMemo(() => shownOf(tasks ?? [], show), [tasks, show])
  const scroller = useRef<HTMLDivElement>(null)
  return (
    <>
      <div className="flex shrink-0 flex-col gap-4 px-4 pt-4 pb-3 md:px-5">
        {batch ? <Totals batch={batch} /> : <Skeleton className="h-24" />}
        <div className="w-full max-w-140">
          <Segmented
            label={t('show')}
            value={show}
            choices={SHOWS.map(value => ({
              value,
              label: batch ? `${t(`shows.${value}`)} ${number(countOf(batch, value))}` : t(`shows.${value}`),
            }))}
            onChange={setShow}
          />
        </div>
      </div>
      <div
        ref={scroller}
        data-scroll-restoration-id="batch"
        className="min-h-0 flex-1 overflow-y-scroll border-t border-line-soft pr-1 pl-2 md:pl-3"
      >
        {error && !tasks ? (
          <Trouble error={error} onRetry={() => void refetch()} />
        ) : !tasks ? (
          <div className="flex flex-col gap-2 p-2">
            {[1, 2, 3, 4, 5, 6].map(place => (
              <Skeleton key={place} className="h-14" />
            ))}
          </div>
        ) : shown.length === 0 ? (
          <p className="p-10 text-center text-ink-2">{t(`none_of.${show}`)}</p>
        ) : (
          <TaskLines key={show} tasks={shown} scroller={scroller} />
        )}
      </div>
    </>
  )
}
