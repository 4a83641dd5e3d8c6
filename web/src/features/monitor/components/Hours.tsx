import { useTranslation } from 'react-i18next'
import { clock } from '@/features/monitor/clock'
import { Panel } from '@/features/monitor/components/Panel'
import { endedIn, type Hour } from '@/features/monitor/series'
import { number, seconds, time } from '@/lib/format'

/** What ended in each of the last 24 hours: bars to look at, a table to read. */
export function Hours({ hours }: { hours: readonly Hour[] }) {
  const { t } = useTranslation('monitor')
  const { done, failed, most } = endedIn(hours)
  const about = t('hours.about', { done: number(done), failed: number(failed) })
  return (
    <Panel title={t('hours.title')} about={done + failed > 0 ? about : t('hours.none')}>
      <div aria-hidden className="flex h-28 items-end gap-[3px]">
        {hours.map(hour => (
          <div
            key={hour.hour}
            title={t('hours.bar', { hour: time(hour.hour), done: number(hour.completed), failed: number(hour.failed) })}
            className="flex h-full min-w-0 flex-1 flex-col justify-end overflow-hidden rounded-[3px] bg-line-soft/50"
          >
            {hour.failed > 0 && <Bar share={hour.failed / most} className="bg-bad" />}
            {hour.completed > 0 && <Bar share={hour.completed / most} className="bg-good" />}
          </div>
        ))}
      </div>
      <div aria-hidden className="mt-1.5 flex justify-between text-[12px] text-ink-3">
        {[0, 6, 12, 18].map(at => hours[at] && <span key={at}>{clock(hours[at].hour)}</span>)}
        <span>{t('load.now')}</span>
      </div>
      <table className="sr-only">
        <caption>{t('hours.title')}</caption>
        <thead>
          <tr>
            {(['hour', 'done', 'failed', 'mean'] as const).map(name => (
              <th key={name} scope="col">
                {t(`hours.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hours
            .filter(hour => hour.completed + hour.failed > 0)
            .map(hour => (
              <tr key={hour.hour}>
                <th scope="row">{time(hour.hour)}</th>
                <td>{number(hour.completed)}</td>
                <td>{number(hour.failed)}</td>
                <td>{hour.mean_seconds === null ? '–' : seconds(hour.mean_seconds)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </Panel>
  )
}

function Bar({ share, className }: { share: number; className: string }) {
  return <div className={`min-h-[3px] ${className}`} style={{ height: `${share * 100}%` }} />
}
