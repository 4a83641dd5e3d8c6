import { Navigate, useParams } from '@tanstack/react-router'
import { Download, Printer, SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { Pair } from '@/features/report/components/Pair'
import { PdfButton } from '@/features/report/components/PdfButton'
import { Headline, Sheet } from '@/features/report/components/Sheet'
import { TaskTables } from '@/features/report/components/TaskTables'
import { moment } from '@/features/report/moment'
import { errorText, ServiceError } from '@/lib/api/errors'
import { datasetOf } from '@/lib/data/datasetOf'
import { useTask } from '@/lib/data/useTask'
import { downloadFrom } from '@/lib/download'
import { resultOf } from '@/lib/made/result'

/** Everything about one photo, to be read, printed and kept. */
export function TaskReportPage() {
  const { t } = useTranslation('report')
  const { t: all } = useTranslation()
  const { taskId } = useParams({ from: '/reports/photos/$taskId' })
  const { data: task, error, refetch } = useTask(taskId)
  if (!task)
    return (
      <Sheet title={t('title')}>
        {error instanceof ServiceError && error.status === 404 ? (
          <Empty icon={<SearchX />} title={t('unknown_photo')} hint={t('unknown_hint')} />
        ) : error ? (
          <Trouble error={error} onRetry={() => void refetch()} />
        ) : (
          <Waiting />
        )}
      </Sheet>
    )
  const dataset = datasetOf(task)
  if (dataset !== null)
    return <Navigate to="/datasets/$datasetId" params={{ datasetId: dataset }} search={{ section: 'result' }} replace />
  const url = task.result_url
  return (
    <Sheet
      title={t('title')}
      actions={
        <>
          <Button look="ghost" icon={<Printer aria-hidden className="size-4" />} onClick={() => window.print()}>
            <span className="max-sm:sr-only">{t('print')}</span>
          </Button>
          {url && (
            <Button
              icon={<Download aria-hidden className="size-4" />}
              onClick={() => void downloadFrom(url, resultOf(task)?.name)}
            >
              <span className="max-sm:sr-only">{t('download_photo')}</span>
            </Button>
          )}
          <PdfButton path={`/api/v1/tasks/${taskId}/report.pdf`} name={`report_${taskId.slice(0, 8)}.pdf`} />
        </>
      }
    >
      <Headline
        title={task.filename}
        about={`${all(`state.${task.status}`)} · ${moment(task.completed_at ?? task.updated_at)}`}
      />
      {task.status === 'failed' && (
        <p className="rounded-md border border-bad/50 p-4 text-bad">{errorText(task.error_code, task.error ?? '')}</p>
      )}
      <Pair
        large
        name={task.filename}
        before={task.original_screen_url ?? task.original_thumbnail_url}
        after={task.screen_url ?? task.thumbnail_url}
      />
      <TaskTables task={task} />
    </Sheet>
  )
}

function Waiting() {
  return (
    <>
      <Skeleton className="h-12" />
      <Skeleton className="h-72" />
      <Skeleton className="h-64" />
    </>
  )
}
