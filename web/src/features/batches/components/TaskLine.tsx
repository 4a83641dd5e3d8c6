import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Image as ImageIcon, RotateCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'
import { IconButton } from '@/components/ui/IconButton'
import { Progress } from '@/components/ui/Progress'
import { Tag } from '@/components/ui/Tag'
import { errorText, wordsFor } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import { retryTask } from '@/lib/calls/retryTask'
import { type Task, taskOptions, useRunning, wasRefused } from '@/lib/data/useTask'
import { percent, seconds, size } from '@/lib/format'
import { runningWords } from '@/lib/i18n/service'
import { toast } from '@/lib/toasts'
import type { SubTask } from '../api/getBatchTasks'

/** Rows that only fly by ask for nothing. */
const SETTLED_MS = 120

const TONES = { pending: 'plain', processing: 'light', completed: 'good', failed: 'bad', cancelled: 'plain' } as const

/** A photo of a batch; everything about it is asked for once it stays in view. */
export function TaskLine({ known }: { known: SubTask }) {
  const { t } = useTranslation('batches')
  const queries = useQueryClient()
  const [settled, setSettled] = useState(() => queries.getQueryData(keys.task(known.task_id)) !== undefined)
  useEffect(() => {
    if (settled) return
    const timer = setTimeout(() => setSettled(true), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [settled])
  const { data: task } = useQuery({ ...taskOptions(known.task_id), enabled: settled })
  const running = useRunning(task)
  const shown = task?.thumbnail_url ?? task?.original_thumbnail_url
  const status = task?.status ?? known.status
  const again = () =>
    void retryTask(known.task_id).then(
      now => queries.setQueryData(keys.task(known.task_id), now),
      error => toast(wordsFor(error), { bad: true }),
    )
  return (
    <div className="relative grid h-full grid-cols-[52px_minmax(0,1fr)_auto_36px] items-center gap-x-3 border-b border-line-soft px-2 text-[13px] hover:bg-surface md:grid-cols-[52px_minmax(0,1fr)_180px_72px_auto_36px]">
      <div className="size-[52px] overflow-hidden rounded-sm bg-raised">
        {shown ? (
          <Picture path={shown} alt="" draggable={false} className="size-full object-cover" />
        ) : (
          <span className="grid size-full place-items-center text-ink-3">
            <ImageIcon aria-hidden className="size-5 opacity-40" strokeWidth={1.4} />
          </span>
        )}
      </div>
      <div className="min-w-0">
        <Link
          to="/photos/$taskId"
          params={{ taskId: known.task_id }}
          preload={false}
          title={known.filename}
          className="block truncate font-[550] after:absolute after:inset-y-0 after:left-0 after:right-12"
        >
          {known.filename}
        </Link>
        {status === 'failed' && (
          <p className="truncate text-fact text-bad" title={task?.error ?? known.error ?? ''}>
            {errorText(task?.error_code ?? known.error_code, task?.error ?? known.error ?? '')}
          </p>
        )}
        <p className="truncate text-fact text-ink-3 md:hidden">{task && sizes(task, true)}</p>
      </div>
      <span className="text-fact text-ink-2 max-md:hidden">{task && sizes(task)}</span>
      <span className="text-fact text-ink-2 max-md:hidden">{task?.seconds == null ? '' : seconds(task.seconds)}</span>
      <span className="flex min-w-24 justify-end">
        <Tag tone={TONES[status]} className="max-w-44">
          {running ? (
            <>
              <span className="truncate">{runningWords(running.message)}</span> {percent(running.progress)}
            </>
          ) : (
            t(`common:state.${status}`)
          )}
        </Tag>
      </span>
      <span className="relative">
        {(status === 'failed' || status === 'cancelled') && (
          <IconButton
            label={t('retry_one', { name: known.filename })}
            icon={<RotateCw aria-hidden className="size-4" />}
            off={task && wasRefused(task) && t('retry_one_off', { name: known.filename })}
            onClick={again}
          />
        )}
      </span>
      {running && <Progress label={known.filename} share={running.progress} className="absolute inset-x-0 bottom-0" />}
    </div>
  )
}

/** Before and after; on a phone there is room for one of them. */
function sizes(task: Task, one = false): string {
  const { width, height } = (task.result ?? {}) as { width?: unknown; height?: unknown }
  const before = task.input_width && task.input_height ? size(task.input_width, task.input_height) : ''
  const after = typeof width === 'number' && typeof height === 'number' ? size(width, height) : ''
  return after && after !== before && !one ? `${before} → ${after}` : after || before
}
