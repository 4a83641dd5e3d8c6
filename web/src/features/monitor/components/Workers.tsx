import { useTranslation } from 'react-i18next'
import { Panel } from '@/features/monitor/components/Panel'
import { useModels } from '@/lib/data/offers'
import type { Health } from '@/lib/data/useHealth'
import { bytes } from '@/lib/format'

/** The workers that live. */
export function Workers({ health }: { health: Health }) {
  const { t } = useTranslation('monitor')
  const catalog = useModels().data
  const { workers } = health.engine
  const model = (id: string) => catalog?.find(one => one.id === id)?.title ?? id
  const lane = (id: string) => (id === 'device' || id === 'remote' || id === 'comfyui' ? t(`workers.lanes.${id}`) : id)
  return (
    <Panel title={t('workers.title')} about={t('common:workers', { count: workers.length })}>
      {workers.length === 0 ? (
        <p className="text-fact text-ink-3">{t('workers.none')}</p>
      ) : (
        <ul className="divide-y divide-line-soft">
          {workers.map(worker => (
            <li key={worker.name} className="flex items-baseline justify-between gap-4 py-2 first:pt-0 last:pb-0">
              <div className="min-w-0">
                <p className="truncate text-[13px]">{worker.name}</p>
                <p className="text-fact text-ink-3">
                  {t('workers.does')}: {lane(worker.lane)} · {t('workers.device')}:{' '}
                  {worker.device === 'auto' ? t('workers.auto') : worker.device}
                  {worker.warm_models.length > 0 &&
                    ` · ${t('workers.warm')}: ${worker.warm_models.map(model).join(', ')}`}
                </p>
              </div>
              <p className="shrink-0 text-fact text-ink-2">
                <span className="sr-only">{t('workers.memory')}: </span>
                {worker.memory === null ? '–' : bytes(worker.memory)}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
