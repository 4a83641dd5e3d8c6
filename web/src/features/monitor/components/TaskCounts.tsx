import { useTranslation } from 'react-i18next'
import { Panel } from '@/features/monitor/components/Panel'
import type { Schemas } from '@/lib/api/client'
import { number } from '@/lib/format'

const STATES = ['completed', 'processing', 'pending', 'failed', 'cancelled'] as const
const COLOURS = {
  completed: 'bg-good',
  processing: 'bg-light',
  pending: 'bg-amber',
  failed: 'bg-bad',
  cancelled: 'bg-ink-3',
} as const satisfies Record<(typeof STATES)[number], string>

/** How many tasks are in each state: in figures, and as shares of a thin bar. */
export function TaskCounts({ stats }: { stats: Schemas['Stats'] }) {
  const { t } = useTranslation('monitor')
  return (
    <Panel
      title={t('tasks.title')}
      about={
        stats.total_tasks > 0
          ? t('tasks.total', { count: stats.total_tasks, shown: number(stats.total_tasks) })
          : t('tasks.none')
      }
    >
      <div aria-hidden className="mb-4 flex h-1.5 gap-px overflow-hidden rounded-full bg-line-soft">
        {STATES.map(state =>
          stats[state] > 0 ? (
            <div key={state} className={`min-w-1 ${COLOURS[state]}`} style={{ flexGrow: stats[state], flexBasis: 0 }} />
          ) : null,
        )}
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-5">
        {STATES.map(state => (
          <div key={state}>
            <dt className="flex items-center gap-1.5 text-fact whitespace-nowrap text-ink-3">
              <span aria-hidden className={`size-2 shrink-0 rounded-full ${COLOURS[state]}`} />
              {t(`common:state.${state}`)}
            </dt>
            <dd className="text-[20px] leading-8 font-semibold">{number(stats[state])}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
