import { useTranslation } from 'react-i18next'
import { Table } from '@/features/report/components/Table'
import { moment } from '@/features/report/moment'
import { usePresets } from '@/lib/data/offers'
import type { BatchSummary } from '@/lib/data/useBatchSummary'
import { bytes, number, seconds } from '@/lib/format'
import { presetTitle } from '@/lib/i18n/service'

/** A batch in numbers. */
export function Totals({ batch }: { batch: BatchSummary }) {
  const { t } = useTranslation('report')
  const { t: all } = useTranslation()
  const known = usePresets().data ?? []
  const presets = batch.presets.map(name => {
    const preset = known.find(one => one.name === name)
    return preset ? presetTitle(preset) : name
  })
  const counts = (['completed', 'failed', 'cancelled', 'pending', 'processing', 'deleted'] as const).filter(
    one => batch[one] > 0 || one === 'completed' || one === 'failed',
  )
  const wall = batch.finished_at ? (Date.parse(batch.finished_at) - Date.parse(batch.created_at)) / 1000 : null
  return (
    <div className="flex flex-col gap-6">
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4 print:grid-cols-4">
        {counts.map(one => (
          <div key={one} className="rounded-md border border-line-soft p-3">
            <dt className="text-fact text-ink-3">{one === 'deleted' ? t('deleted') : all(`state.${one}`)}</dt>
            <dd
              className={`text-[22px] leading-tight font-semibold ${one === 'failed' && batch.failed > 0 ? 'text-bad' : ''}`}
            >
              {number(batch[one])}
            </dd>
          </div>
        ))}
      </dl>
      <Table
        title={t('in_all')}
        rows={[
          { name: t('presets'), value: presets.join(', ') },
          { name: t('size_of_results'), value: batch.bytes === null ? null : bytes(batch.bytes) },
          { name: t('work'), value: seconds(batch.seconds) },
          {
            name: t('per_photo'),
            value:
              batch.completed + batch.failed > 0 ? seconds(batch.seconds / (batch.completed + batch.failed)) : null,
          },
          { name: t('sent'), value: moment(batch.created_at) },
          { name: t('ended'), value: batch.finished_at && moment(batch.finished_at) },
          { name: t('from_to'), value: wall === null ? null : seconds(wall) },
        ]}
      />
    </div>
  )
}
