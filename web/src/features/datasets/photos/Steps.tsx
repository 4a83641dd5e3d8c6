import clsx from 'clsx'
import { Check, Circle, LoaderCircle, RotateCw, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Progress } from '@/components/ui/Progress'
import type { Running } from '@/lib/api/live'
import { number, seconds } from '@/lib/format'
import type { StepState } from '../api/datasets'
import { said } from '../said'

interface StepsProps {
  steps: readonly StepState[]
  running: Running | null
  building: boolean
}

const LOOKS = {
  waiting: { icon: Circle, look: 'text-ink-3' },
  running: { icon: LoaderCircle, look: 'text-light-text' },
  done: { icon: Check, look: 'text-good' },
  stale: { icon: RotateCw, look: 'text-amber' },
  failed: { icon: TriangleAlert, look: 'text-bad' },
} as const
type Status = keyof typeof LOOKS

/** The state of a step as it is to be shown: what ran in a build that is over has stopped. */
export function statusOf(step: Pick<StepState, 'status'>, building: boolean): Status {
  if (step.status === 'running' && !building) return 'waiting'
  return step.status in LOOKS ? (step.status as Status) : 'waiting'
}

/** All steps of the build: how far each is, and what it gave. */
export function Steps({ steps, running, building }: StepsProps) {
  const { t } = useTranslation('datasets')
  return (
    <ol aria-label={t('steps')} className="flex flex-col overflow-hidden rounded-md border border-line-soft bg-surface">
      {steps.map(step => {
        const status = statusOf(step, building)
        const { icon: Icon, look } = LOOKS[status]
        return (
          <li
            key={step.step}
            data-step={step.step}
            data-status={status}
            className="relative grid grid-cols-[20px_minmax(0,1fr)] sm:grid-cols-[20px_minmax(0,1fr)_auto] items-center gap-x-3 border-b border-line-soft px-4 py-2.5 last:border-b-0"
          >
            <Icon
              aria-hidden
              className={clsx('size-[18px]', look, status === 'running' && 'animate-spin motion-reduce:animate-none')}
              strokeWidth={status === 'waiting' ? 1.2 : 1.8}
            />
            <div className="min-w-0">
              <p className="text-[13px] font-[550]">{t(`step.${step.step}`)}</p>
              <p className={clsx('text-fact break-words', status === 'failed' ? 'text-bad' : 'text-ink-3')}>
                {status === 'failed' && step.message ? said(step.message) : t(`step_does.${step.step}`)}
              </p>
            </div>
            <p className={clsx('text-fact max-sm:col-start-2 sm:text-right', look)}>{told(step, status)}</p>
            {status === 'running' && (
              <Progress
                label={t(`step.${step.step}`)}
                share={step.total > 0 ? step.done / step.total : (running?.progress ?? 0)}
                className="absolute inset-x-0 bottom-0"
              />
            )}
          </li>
        )
      })}
    </ol>
  )

  function told(step: StepState, status: Status): string {
    if (status === 'running')
      return step.total > 0 ? t('of_done', { done: number(step.done), total: number(step.total) }) : t('step_runs')
    if (status !== 'done') return t(`step_state.${status}`)
    const again = step.total > 0 && step.reused >= step.total
    return [
      step.message ? said(step.message) : step.total > 0 ? t('of_all', { shown: number(step.total) }) : '',
      again ? t('reused') : seconds(step.seconds),
    ]
      .filter(Boolean)
      .join(' · ')
  }
}
