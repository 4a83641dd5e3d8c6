import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Segmented } from '@/components/ui/Segmented'
import { Skeleton } from '@/components/ui/Skeleton'
import { Legend } from '@/features/monitor/components/Legend'
import { Panel } from '@/features/monitor/components/Panel'
import { DRAWN, type Drawn, linesOf, timesOf } from '@/features/monitor/series'
import type { Schemas } from '@/lib/api/client'
import { late } from '@/lib/late'

const Chart = late(
  () => import('@/features/monitor/components/Chart').then(code => code.Chart),
  <Skeleton className="h-56" />,
)
const LEAST = 2

/** The load over time: of the machine in percent, or of the work in figures. */
export function Load({ series }: { series: Schemas['SeriesView'] }) {
  const { t } = useTranslation('monitor')
  const [drawn, setDrawn] = useState<Drawn>('machine')
  const lines = linesOf(series.samples, drawn, series.step_seconds)
  return (
    <Panel
      title={t('load.title')}
      actions={
        <Segmented
          label={t('load.show')}
          value={drawn}
          onChange={setDrawn}
          choices={(Object.keys(DRAWN) as Drawn[]).map(value => ({ value, label: t(`load.${value}`) }))}
        />
      }
    >
      {series.samples.length < LEAST ? (
        <div className="grid h-56 place-items-center text-fact text-ink-3">{t('load.waiting')}</div>
      ) : (
        <Chart key={drawn} times={timesOf(series.samples)} lines={lines} percent={drawn === 'machine'} />
      )}
      <Legend lines={lines} percent={drawn === 'machine'} />
    </Panel>
  )
}
