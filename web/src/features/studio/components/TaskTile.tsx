import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download, RotateCcw, X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Glimpse } from '@/components/Glimpse'
import { Picture } from '@/components/Picture'
import { errorText, wordsFor } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import { cancelTask } from '@/lib/calls/cancelTask'
import { deleteTask } from '@/lib/calls/deleteTask'
import { retryTask } from '@/lib/calls/retryTask'
import { type Task, useRunning, useTask, wasRefused } from '@/lib/data/useTask'
import { downloadFrom } from '@/lib/download'
import { percent, seconds, size } from '@/lib/format'
import { runningWords } from '@/lib/i18n/service'
import { toast } from '@/lib/toasts'
import { thumbnails } from '../uploads/desk'
import { Tile } from './Tile'
import { TileTool } from './TileTool'

/** A photo that is a task: it opens in the viewer. */
export function TaskTile({ known }: { known: Task }) {
  const { t } = useTranslation('studio')
  const queries = useQueryClient()
  const task = useTask(known.task_id, known).data ?? known
  const running = useRunning(task)
  const here = useSyncExternalStore(thumbnails.subscribe, () => thumbnails.find(task.task_id))
  const changed = (now: Task) => queries.setQueryData(keys.task(now.task_id), now)
  const cancel = useMutation({ mutationFn: () => cancelTask(task.task_id), onSuccess: changed })
  const retry = useMutation({ mutationFn: () => retryTask(task.task_id), onSuccess: changed })
  // There is nothing of it that anybody could miss.
  const remove = useMutation({
    mutationFn: () => deleteTask(task.task_id),
    onSuccess: () =>
      Promise.all([keys.lists(), keys.batches(), keys.sums()].map(queryKey => queries.invalidateQueries({ queryKey }))),
  })

  const name = task.filename
  const ended = task.status === 'completed' || task.status === 'failed' || task.status === 'cancelled'
  const shown = task.thumbnail_url ?? (here ? null : task.original_thumbnail_url)
  const label = t('tile.open', { name })
  return (
    <Tile
      name={name}
      picture={
        <Link
          to="/photos/$taskId"
          params={{ taskId: task.task_id }}
          aria-label={label}
          className="relative block size-full"
        >
          {shown || !here ? (
            <Picture path={shown} alt="" loading="lazy" className="size-full object-cover" />
          ) : (
            <img src={here} alt="" className={`size-full object-cover ${ended ? '' : 'opacity-75'}`} />
          )}
          <Glimpse path={running?.glimpse} />
        </Link>
      }
      state={stateOf(task, running, t)}
      trouble={
        task.status === 'failed'
          ? {
              words: errorText(task.error_code, task.error ?? t('tile.failed')),
              hint: t(wasRefused(task) ? 'tile.refused_hint' : 'tile.failed_hint'),
            }
          : null
      }
      progress={running ? { share: running.progress, tone: 'light' } : null}
      fact={<Fact task={task} onRetry={() => retry.mutate()} onRemove={() => remove.mutate()} />}
      tools={
        ended ? (
          task.status === 'completed' ? (
            <TileTool
              label={t('tile.download', { name })}
              icon={<Download />}
              onClick={() => {
                downloadFrom(task.result_url ?? '', String(task.result?.name ?? name)).catch(error =>
                  toast(wordsFor(error), { bad: true }),
                )
              }}
            />
          ) : wasRefused(task) ? (
            <TileTool label={t('tile.remove', { name })} icon={<X />} onClick={() => remove.mutate()} />
          ) : (
            <TileTool label={t('tile.retry', { name })} icon={<RotateCcw />} onClick={() => retry.mutate()} />
          )
        ) : (
          <TileTool label={t('tile.cancel', { name })} icon={<X />} onClick={() => cancel.mutate()} />
        )
      }
    />
  )
}

type Words = ReturnType<typeof useTranslation<'studio'>>['t']

function stateOf(task: Task, running: { progress: number; message: string } | null, t: Words) {
  switch (task.status) {
    case 'completed': {
      const [width, height] = [Number(task.result?.width), Number(task.result?.height)]
      return { words: t('tile.done', { size: size(width, height) }), tone: 'good' as const }
    }
    case 'processing':
      return {
        words: t('tile.processing', {
          what: runningWords(running?.message || 'processing'),
          percent: percent(running?.progress ?? 0),
        }),
      }
    case 'pending':
      return {
        words: task.queue_position ? t('tile.pending_place', { place: task.queue_position }) : t('tile.pending'),
      }
    case 'cancelled':
      return { words: t('tile.cancelled') }
    default:
      return { words: t('tile.failed'), tone: 'bad' as const }
  }
}

function Fact({ task, onRetry, onRemove }: { task: Task; onRetry: () => void; onRemove: () => void }) {
  const { t } = useTranslation('studio')
  if (task.status === 'failed' || task.status === 'cancelled') {
    const refused = wasRefused(task)
    return (
      <button
        type="button"
        onClick={refused ? onRemove : onRetry}
        className="font-[550] text-light-text hover:underline"
      >
        {t(refused ? 'tile.take_off' : 'common:retry')}
      </button>
    )
  }
  if (task.cached) return t('tile.cached')
  if (task.status === 'completed') return task.seconds === null ? null : seconds(task.seconds)
  return task.eta_seconds === null ? null : t('tile.left', { time: seconds(task.eta_seconds) })
}
