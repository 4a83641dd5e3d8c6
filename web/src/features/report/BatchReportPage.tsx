import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Download, Printer, SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { buttonLook } from '@/components/ui/buttonLook'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { batchPhotosOptions } from '@/features/report/api/getBatchPhotos'
import { Failures } from '@/features/report/components/Failures'
import { PdfButton } from '@/features/report/components/PdfButton'
import { Photos } from '@/features/report/components/Photos'
import { Headline, Sheet } from '@/features/report/components/Sheet'
import { Totals } from '@/features/report/components/Totals'
import { moment } from '@/features/report/moment'
import { ServiceError } from '@/lib/api/errors'
import { useBatchSummary } from '@/lib/data/useBatchSummary'
import { downloadFrom } from '@/lib/download'

/** Everything about a batch: totals, all pairs, and why some failed. */
export function BatchReportPage() {
  const { t } = useTranslation('report')
  const { t: all } = useTranslation()
  const { batchId } = useParams({ from: '/reports/batches/$batchId' })
  const summary = useBatchSummary(batchId)
  const photos = useQuery(batchPhotosOptions(batchId))
  const batch = summary.data
  const error = summary.error ?? photos.error
  if (!batch)
    return (
      <Sheet title={t('title')}>
        {error instanceof ServiceError && error.status === 404 ? (
          <Empty icon={<SearchX />} title={t('unknown_batch')} hint={t('unknown_hint')} />
        ) : error ? (
          <Trouble error={error} onRetry={() => void summary.refetch()} />
        ) : (
          <>
            <Skeleton className="h-12" />
            <Skeleton className="h-24" />
            <Skeleton className="h-72" />
          </>
        )}
      </Sheet>
    )
  return (
    <Sheet
      title={t('title')}
      actions={
        <>
          <Button look="ghost" icon={<Printer aria-hidden className="size-4" />} onClick={() => window.print()}>
            <span className="max-sm:sr-only">{t('print')}</span>
          </Button>
          <Button
            icon={<Download aria-hidden className="size-4" />}
            off={batch.completed === 0 && t('nothing_ready')}
            onClick={() => void downloadFrom(`/api/v1/batch/download/${batchId}?partial=1`)}
          >
            <span className="max-sm:sr-only">{t('download_photos')}</span>
          </Button>
          <PdfButton path={`/api/v1/batches/${batchId}/report.pdf`} name={`report_${batchId.slice(0, 8)}.pdf`} />
        </>
      }
    >
      <Headline
        title={t('batch_of', { count: batch.total })}
        about={`${all(`state.${batch.status}`)} · ${moment(batch.finished_at ?? batch.created_at)}`}
      />
      <Totals batch={batch} />
      {photos.data ? (
        <>
          <Failures photos={photos.data} />
          <Photos photos={photos.data} />
        </>
      ) : photos.error ? (
        <Trouble error={photos.error} onRetry={() => void photos.refetch()} />
      ) : (
        <Skeleton className="h-72" />
      )}
      <p className="print:hidden">
        <Link to="/batches/$batchId" params={{ batchId }} className={buttonLook('plain')}>
          {t('to_batch')}
        </Link>
      </p>
    </Sheet>
  )
}
