import { useQueryClient } from '@tanstack/react-query'
import clsx from 'clsx'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Progress } from '@/components/ui/Progress'
import { useCancelPull } from '@/features/models/api/cancelPull'
import { forgetPull } from '@/features/models/pulls'
import { pullWords } from '@/features/models/pullWords'
import { errorText, ServiceError, wordsFor } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import type { Model } from '@/lib/data/offers'
import { useRunning, useTask } from '@/lib/data/useTask'
import { toast } from '@/lib/toasts'

interface PullingProps {
  model: Model
  /** The task that fetches it. */
  task: string
  onRetry: () => void
  className?: string
}

/** How far the fetching of a model is, or why it did not work. */
export function Pulling({ model, task: id, onRetry, className }: PullingProps) {
  const { t } = useTranslation('models')
  const queries = useQueryClient()
  const { data: task, error } = useTask(id)
  const running = useRunning(task)
  const cancel = useCancelPull(id)
  const gone = error instanceof ServiceError && error.status === 404
  const status = task?.status

  useEffect(() => {
    if (status === 'completed') {
      void queries.invalidateQueries({ queryKey: keys.offer('models') }).then(() => {
        toast(t('arrived', { title: model.title }))
        forgetPull(model.id)
      })
    } else if (status === 'cancelled' || gone) forgetPull(model.id)
  }, [status, gone, queries, model.id, model.title, t])

  const place = clsx('flex min-w-0 items-center gap-3', className)
  if (status === 'failed' || (error && !gone)) {
    const why = status === 'failed' ? errorText(task?.error_code, task?.error ?? '') : wordsFor(error)
    return (
      <div className={place}>
        <p role="alert" title={why} className="line-clamp-2 min-w-0 flex-1 text-fact text-bad">
          <span className="sr-only">{t('failed')}: </span>
          {why}
        </p>
        <Button small onClick={onRetry}>
          {t('common:retry')}
        </Button>
      </div>
    )
  }
  const words = pullWords(running?.message ?? task?.message ?? '', status, cancel.isPending || cancel.isSuccess)
  return (
    <div className={place}>
      <div className="min-w-0 flex-1">
        <p className="mb-1 truncate text-fact text-ink-2 tabular-nums">{words}</p>
        <Progress
          label={t('fetching', { title: model.title })}
          share={running?.progress ?? 0}
          className="rounded-full"
        />
      </div>
      <Button small look="ghost" busy={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate()}>
        {t('stop')}
      </Button>
    </div>
  )
}
