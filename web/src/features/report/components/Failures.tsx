import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { BatchPhoto } from '@/features/report/api/getBatchPhotos'
import { failuresOf } from '@/features/report/failures'
import { number } from '@/lib/format'

const NAMED = 20

/** What failed, by why. */
export function Failures({ photos }: { photos: readonly BatchPhoto[] }) {
  const { t } = useTranslation('report')
  const { t: all } = useTranslation()
  const failures = failuresOf(photos)
  if (failures.length === 0) return null
  return (
    <section>
      <h3 className="pb-2 font-semibold text-ink-2">{t('failures')}</h3>
      <ul className="flex flex-col gap-3">
        {failures.map(({ reason, photos: failed }) => (
          <li key={reason} className="break-inside-avoid rounded-md border border-line-soft p-3 text-[13px]">
            <p className="flex items-baseline justify-between gap-3">
              <span className="font-[550] text-bad">
                {reason === 'Cancelled' ? all('state.cancelled') : reason || all('state.failed')}
              </span>
              <span className="shrink-0 text-fact text-ink-3">{t('photos', { count: failed.length })}</span>
            </p>
            <p className="mt-1 break-words text-ink-2">
              {failed.slice(0, NAMED).map((one, at) => (
                <span key={one.task_id}>
                  {at > 0 && ', '}
                  <Link
                    to="/photos/$taskId"
                    params={{ taskId: one.task_id }}
                    className="hover:text-ink hover:underline"
                  >
                    {one.filename}
                  </Link>
                </span>
              ))}
              {failed.length > NAMED && ` ${t('and_more', { number: number(failed.length - NAMED) })}`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
