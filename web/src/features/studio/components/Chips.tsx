import { useTranslation } from 'react-i18next'
import { Tag } from '@/components/ui/Tag'
import type { BatchSummary } from '@/lib/data/useBatchSummary'
import { useHealth } from '@/lib/data/useHealth'
import { number, seconds } from '@/lib/format'

/** Beside the title: who works here, and how far all is. */
export function Chips({ summary }: { summary: BatchSummary | undefined }) {
  const { t } = useTranslation('studio')
  const { data: health } = useHealth()
  const workers = health?.engine.workers.filter(one => one.lane === 'device').length
  const [warm] = health?.warm_models ?? []
  const running = summary && (summary.pending > 0 || summary.processing > 0)
  return (
    <>
      {workers !== undefined && (
        <Tag className="max-md:hidden">
          <i aria-hidden className={`size-1.5 rounded-full ${workers > 0 ? 'bg-good' : 'bg-amber'}`} />
          {t('common:workers', { count: workers })}
          {warm && ` · ${t('common:warm', { models: warm })}`}
        </Tag>
      )}
      {running && (
        <Tag tone="light">
          {t('chips.of', { done: number(summary.completed), total: number(summary.total) })}
          {summary.eta_seconds !== null && ` · ${t('chips.left', { time: seconds(summary.eta_seconds) })}`}
        </Tag>
      )}
    </>
  )
}
