import { useQueryClient } from '@tanstack/react-query'
import { Link, Navigate, useCanGoBack, useNavigate, useParams, useRouter } from '@tanstack/react-router'
import { ArrowLeft, SearchX } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { useKeys } from '@/components/stage/useKeys'
import { Button } from '@/components/ui/Button'
import { buttonLook } from '@/components/ui/buttonLook'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { FaceList } from '@/features/viewer/components/FaceList'
import { Film } from '@/features/viewer/components/Film'
import { HeadActions } from '@/features/viewer/components/HeadActions'
import { KeysHelp } from '@/features/viewer/components/KeysHelp'
import { Made } from '@/features/viewer/components/Made'
import { NotDone } from '@/features/viewer/components/NotDone'
import { PhotoFacts } from '@/features/viewer/components/PhotoFacts'
import { StateChip } from '@/features/viewer/components/StateChip'
import { Warnings } from '@/features/viewer/components/Warnings'
import { Stage } from '@/features/viewer/stage/Stage'
import { originalShot, resultShot } from '@/features/viewer/stage/shots'
import { neighbour, useNeighbours } from '@/features/viewer/useNeighbours'
import { ServiceError, wordsFor } from '@/lib/api/errors'
import { datasetOf } from '@/lib/data/datasetOf'
import { type Task, taskOptions, useTask } from '@/lib/data/useTask'
import { downloadFrom } from '@/lib/download'
import { facesOf, resultOf } from '@/lib/made/result'
import { toast } from '@/lib/toasts'

/** One photo before and after, as large as there is room. */
export function ViewerPage() {
  const { t } = useTranslation('viewer')
  const { taskId } = useParams({ from: '/photos/$taskId' })
  const { data: task, error, refetch } = useTask(taskId)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const router = useRouter()
  const canGoBack = useCanGoBack()
  const strip = useNeighbours(taskId, task)
  const previous = neighbour(strip, taskId, -1)
  const next = neighbour(strip, taskId, 1)

  useEffect(() => {
    for (const id of [next, previous]) if (id) void queries.prefetchQuery(taskOptions(id))
  }, [queries, next, previous])

  const open = (id: string | null) => {
    if (id) void navigate({ to: '/photos/$taskId', params: { taskId: id }, replace: true })
  }
  const back = () => {
    if (canGoBack) router.history.back()
    else if (task?.batch_task_id) void navigate({ to: '/batches/$batchId', params: { batchId: task.batch_task_id } })
    else void navigate({ to: '/history' })
  }
  const download = () => {
    if (!task?.result_url) return
    downloadFrom(task.result_url, resultOf(task)?.name).catch(error => toast(wordsFor(error), { bad: true }))
  }
  useKeys({ previous: () => open(previous), next: () => open(next), download, back })

  const gone = error instanceof ServiceError && error.status === 404
  const lead = (
    <Button
      look="ghost"
      aria-label={t('common:back')}
      className="-ml-2 px-2.5!"
      icon={<ArrowLeft className="size-4" />}
      onClick={back}
    >
      <span className="max-sm:hidden">{t('common:back')}</span>
    </Button>
  )
  if (!task)
    return (
      <Page title={t('photo')} lead={lead} fixed>
        {gone ? (
          <Empty
            icon={<SearchX />}
            title={t('unknown')}
            hint={t('unknown_hint')}
            action={
              <Link to="/history" className={buttonLook('plain')}>
                {t('to_history')}
              </Link>
            }
          />
        ) : error ? (
          <Trouble error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton className="m-4 flex-1 md:m-5" />
        )}
      </Page>
    )
  const dataset = datasetOf(task)
  if (dataset !== null) return <Navigate to="/datasets/$datasetId" params={{ datasetId: dataset }} replace />
  return (
    <Shown
      task={task}
      lead={lead}
      actions={
        <HeadActions
          task={task}
          onDownload={download}
          onDeleted={() => (next || previous ? open(next ?? previous) : back())}
        />
      }
      film={strip.length > 1 ? <Film id={taskId} all={strip} /> : null}
    />
  )
}

interface ShownProps {
  task: Task
  lead: ReactNode
  actions: ReactNode
  film: ReactNode
}

function Shown({ task, lead, actions, film }: ShownProps) {
  const { t } = useTranslation('viewer')
  const [withFaces, setWithFaces] = useState(false)
  const [lit, setLit] = useState<number | null>(null)
  const before = originalShot(task)
  const after = resultShot(task)
  const faces = facesOf(resultOf(task))
  const boxes = withFaces ? faces : faces.filter(one => one.index === lit)
  return (
    <Page
      title={task.filename}
      lead={lead}
      chips={<StateChip task={task} />}
      actions={actions}
      fixed
      asideTitle={t('about')}
      aside={
        <div className="flex flex-col gap-6 overflow-y-auto p-4 lg:px-5 lg:pt-5">
          <Made task={task} />
          {faces.length > 0 && <FaceList faces={faces} shown={withFaces} onShow={setWithFaces} onLight={setLit} />}
          <PhotoFacts task={task} />
          <Warnings all={task.warnings} />
          <KeysHelp />
        </div>
      }
    >
      <div className="flex min-h-0 flex-1 flex-col gap-2 p-2 max-lg:pb-14 md:p-5 md:pb-3 md:max-lg:pb-14">
        {after ? (
          <Stage
            id={task.task_id}
            before={{ shot: before ?? after, word: t('before'), alt: t('before_alt', { name: task.filename }) }}
            after={{ shot: after, word: t('after'), alt: t('after_alt', { name: task.filename }) }}
            faces={boxes}
            lit={lit}
          />
        ) : (
          <NotDone task={task} />
        )}
        {film}
      </div>
    </Page>
  )
}
