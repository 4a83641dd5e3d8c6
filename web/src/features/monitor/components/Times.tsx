import { useTranslation } from 'react-i18next'
import { Panel } from '@/features/monitor/components/Panel'
import type { Schemas } from '@/lib/api/client'
import { useModels, useOperations } from '@/lib/data/offers'
import { number, seconds } from '@/lib/format'
import { operationTitle } from '@/lib/i18n/service'

type TimesOf = Record<string, Schemas['TimesView']>

/** Mean and 95th percentile by operation and by model. */
export function Times({ operations, models }: { operations: TimesOf; models: TimesOf }) {
  const { t } = useTranslation('monitor')
  const known = useOperations().data
  const catalog = useModels().data
  const operation = (id: string) => operationTitle({ id, title: known?.find(one => one.id === id)?.title ?? id })
  const model = (id: string) => catalog?.find(one => one.id === id)?.title ?? id
  const none = Object.keys(operations).length === 0
  return (
    <Panel title={t('times.title')} about={none ? t('times.none') : t('times.about')}>
      {!none && (
        <div className="overflow-x-auto">
          <table className="w-full text-[13px]">
            <thead className="text-left text-fact text-ink-3">
              <tr>
                <th scope="col" className="pb-1 font-normal">
                  {t('times.name')}
                </th>
                {(['count', 'mean', 'p95'] as const).map(name => (
                  <th key={name} scope="col" className="pb-1 pl-4 text-right font-normal whitespace-nowrap">
                    {t(`times.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <Rows title={t('times.operations')} times={operations} name={operation} />
            <Rows title={t('times.models')} times={models} name={model} />
          </table>
        </div>
      )}
    </Panel>
  )
}

function Rows({ title, times, name }: { title: string; times: TimesOf; name: (id: string) => string }) {
  const sorted = Object.entries(times).sort(([, a], [, b]) => b.count - a.count)
  if (sorted.length === 0) return null
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={4} className="pt-3 pb-1 text-left text-fact font-semibold text-ink-2">
          {title}
        </th>
      </tr>
      {sorted.map(([id, one]) => (
        <tr key={id} className="border-t border-line-soft">
          <th scope="row" className="py-1.5 text-left font-normal">
            {name(id)}
          </th>
          <td className="pl-4 text-right text-ink-2">{number(one.count)}</td>
          <td className="pl-4 text-right whitespace-nowrap">{seconds(one.mean)}</td>
          <td className="pl-4 text-right whitespace-nowrap">{seconds(one.p95)}</td>
        </tr>
      ))}
    </tbody>
  )
}
