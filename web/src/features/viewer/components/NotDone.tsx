import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Glimpse } from '@/components/Glimpse'
import { Picture } from '@/components/Picture'
import { Button } from '@/components/ui/Button'
import { Progress } from '@/components/ui/Progress'
import { originalShot } from '@/features/viewer/stage/shots'
import { errorText } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import { cancelTask } from '@/lib/calls/cancelTask'
import { retryTask } from '@/lib/calls/retryTask'
import { type Task, useRunning, wasRefused } from '@/lib/data/useTask'
import { percent, seconds } from '@/lib/format'
import { runningWords } from '@/lib/i18n/service'

/** A photo without a result: it waits, runs, failed, was cancelled, or its file is gone. */
export function NotDone({ task }: { task: Task }) {
  const { t } = useTranslation('viewer')
  const { t: all } = useTranslation()
  const queries = useQueryClient()
  const running = useRunning(task)
  const take = (now: Task) => queries.setQueryData(keys.task(task.task_id), now)
  const cancel = useMutation({ mutationFn: () => cancelTask(task.task_id), onSuccess: take })
  const retry = useMutation({ mutationFn: () => retryTask(task.task_id), onSuccess: take })
  const open = task.status === 'pending' || task.status === 'processing'
  const shot = originalShot(task)
  const picture = shot?.screen ?? shot?.thumbnail ?? null
  return (
    <section
      aria-label={t('stage')}
      className="relative min-h-0 flex-1 overflow-hidden rounded-md bg-[#0b0a09] text-[#f4efe8]"
    >
      <Picture
        path={picture}
        alt={picture ? t('before_alt', { name: task.filename }) : ''}
        className={`absolute inset-0 size-full object-contain ${open ? '' : 'opacity-30'}`}
      />
      <Glimpse path={running?.glimpse} whole />
      <div
        className={`absolute flex flex-col items-center gap-3 px-6 text-center ${open ? 'inset-x-0 bottom-0 bg-linear-to-t from-black/85 to-transparent pt-24 pb-7' : 'inset-0 justify-center'}`}
      >
        {open ? (
          <>
            <p role="status" className="font-semibold">
              {running ? `${runningWords(running.message)} ${percent(running.progress)}` : all(`state.${task.status}`)}
            </p>
            <p className="text-fact text-[#d5ccc0]">
              {task.queue_position !== null && task.queue_position > 0
                ? t('ahead', { count: task.queue_position })
                : task.eta_seconds !== null
                  ? t('left', { time: seconds(task.eta_seconds) })
                  : ' '}
            </p>
            <Button onClick={() => cancel.mutate()} busy={cancel.isPending}>
              {t('common:cancel')}
            </Button>
          </>
        ) : (
          <div role="alert" className="flex max-w-lg flex-col items-center gap-2">
            <p className={`text-title font-semibold ${task.status === 'failed' ? 'text-[#ffb0b0]' : ''}`}>
              {task.status === 'completed' ? t('gone') : all(`state.${task.status}`)}
            </p>
            <p className="text-[13px] break-words text-[#d5ccc0]">
              {task.status === 'completed'
                ? t('gone_hint')
                : task.status === 'cancelled'
                  ? t('cancelled_hint')
                  : errorText(task.error_code, task.error ?? '')}
            </p>
            {wasRefused(task) && <p className="text-[13px] text-[#d5ccc0]">{t('refused_hint')}</p>}
            {task.status !== 'completed' && !wasRefused(task) && (
              <Button look="primary" className="mt-2" onClick={() => retry.mutate()} busy={retry.isPending}>
                {t('common:retry')}
              </Button>
            )}
          </div>
        )}
      </div>
      {open && (
        <Progress
          label={all(`state.${task.status}`)}
          share={running?.progress ?? 0}
          className="absolute inset-x-0 bottom-0"
        />
      )}
    </section>
  )
}
