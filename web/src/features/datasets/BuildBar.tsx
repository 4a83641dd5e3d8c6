import { Link, useSearch } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Progress } from '@/components/ui/Progress'
import { errorText } from '@/lib/api/errors'
import { percent, seconds } from '@/lib/format'
import { said } from './said'
import type { State } from './state'
import { useBuildActs } from './useBuildActs'
import { isOutdated } from './useDataset'

/** What the build does, or why there should be another one. */
export function BuildBar({ dataset, task, running, building }: State) {
  const { t } = useTranslation('datasets')
  const { section = 'photos' } = useSearch({ from: '/datasets/$datasetId' })
  const id = dataset.dataset_id
  const { build } = useBuildActs(id)
  const outdated = isOutdated(dataset.steps, dataset.waiting)
  if (building && task) {
    const share = running?.progress ?? task.progress
    const words = task.status === 'pending' ? t('build_waits') : said(running?.message ?? task.message)
    return (
      <div className="relative shrink-0 bg-light-soft px-4 py-2 md:px-5">
        <p role="status" className="flex flex-wrap items-center gap-x-3 text-[13px]">
          <span className="font-[550]">{words}</span>
          <span className="text-ink-2">
            {percent(share)}
            {task.eta_seconds !== null && ` · ${t('eta', { time: seconds(task.eta_seconds) })}`}
          </span>
          {section !== 'photos' && (
            <Link
              to="/datasets/$datasetId"
              params={{ datasetId: id }}
              className="ml-auto font-[550] text-light-text underline-offset-2 hover:underline"
            >
              {t('show_steps')}
            </Link>
          )}
        </p>
        <Progress label={t('building')} share={share} className="absolute inset-x-0 bottom-0" />
      </div>
    )
  }
  if (task?.status === 'failed' && !outdated)
    return (
      <p
        role="alert"
        className="flex shrink-0 items-center gap-2 border-b border-line-soft px-4 py-2 text-[13px] text-bad md:px-5"
      >
        <TriangleAlert aria-hidden className="size-4 shrink-0" />
        <span className="min-w-0">
          {t('build_failed')} {errorText(task.error_code, task.error ?? '')}
        </span>
      </p>
    )
  if (!outdated) return null
  const first = dataset.steps.find(one => one.status === 'stale')?.step
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line-soft bg-amber/8 px-4 py-1.5 text-[13px] text-amber md:px-5"
    >
      <span className="mr-auto">
        {dataset.waiting > 0
          ? t('outdated_files', { count: dataset.waiting })
          : first
            ? t('outdated', { step: t(`step.${first}`) })
            : ''}
      </span>
      <Button small busy={build.isPending} onClick={() => build.mutate()}>
        {t('build_again')}
      </Button>
    </div>
  )
}
