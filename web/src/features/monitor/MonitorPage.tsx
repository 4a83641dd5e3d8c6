import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Skeleton } from '@/components/ui/Skeleton'
import { Tag } from '@/components/ui/Tag'
import { Trouble } from '@/components/ui/Trouble'
import { usePerformance } from '@/features/monitor/api/getPerformance'
import { useSeries } from '@/features/monitor/api/getSeries'
import { Disk } from '@/features/monitor/components/Disk'
import { Hours } from '@/features/monitor/components/Hours'
import { Load } from '@/features/monitor/components/Load'
import { Queue } from '@/features/monitor/components/Queue'
import { Servers } from '@/features/monitor/components/Servers'
import { TaskCounts } from '@/features/monitor/components/TaskCounts'
import { Times } from '@/features/monitor/components/Times'
import { Workers } from '@/features/monitor/components/Workers'
import { type Health, useHealth } from '@/lib/data/useHealth'
import { useStats } from '@/lib/data/useStats'
import { warningWords } from '@/lib/i18n/warnings'

/** How the service is: its tasks, its load, its workers. */
export function MonitorPage() {
  const { t } = useTranslation('monitor')
  const stats = useStats()
  const series = useSeries()
  const performance = usePerformance()
  const health = useHealth()
  if (stats.error && !stats.data)
    return (
      <Page title={t('title')}>
        <Trouble error={stats.error} onRetry={() => void stats.refetch()} />
      </Page>
    )
  return (
    <Page title={t('title')} chips={health.data && <State health={health.data} />}>
      <div className="mx-auto grid max-w-6xl grid-cols-1 gap-4 lg:grid-cols-3">
        <div className="min-w-0 lg:col-span-2">
          {stats.data ? <TaskCounts stats={stats.data} /> : <Skeleton className="h-40" />}
        </div>
        {stats.data ? <Queue stats={stats.data} /> : <Skeleton className="h-40" />}
        <div className="min-w-0 lg:col-span-3">
          {series.data ? <Load series={series.data} /> : <Skeleton className="h-84" />}
        </div>
        {health.data && health.data.comfyui.servers.length > 0 && (
          <div className="min-w-0 lg:col-span-3">
            <Servers comfy={health.data.comfyui} />
          </div>
        )}
        <div className="flex min-w-0 flex-col gap-4 lg:col-span-2">
          {series.data ? <Hours hours={series.data.hours} /> : <Skeleton className="h-52" />}
          {performance.data ? (
            <Times operations={performance.data.operations} models={performance.data.models} />
          ) : (
            <Skeleton className="h-52" />
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {health.data ? (
            <>
              <Workers health={health.data} />
              <Disk disk={health.data.disk} />
            </>
          ) : (
            <Skeleton className="h-72" />
          )}
        </div>
      </div>
    </Page>
  )
}

function State({ health: { status, database, troubles } }: { health: Health }) {
  const { t } = useTranslation('monitor')
  const told = database === 'ok' ? troubles.map(warningWords) : [t('health.database', { trouble: database })]
  return <Tag tone={status === 'ok' ? 'good' : 'amber'}>{told.join(' · ') || t(`health.${status}`)}</Tag>
}
