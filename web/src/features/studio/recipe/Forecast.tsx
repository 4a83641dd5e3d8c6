import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { wordsFor } from '@/lib/api/errors'
import { type Draft, orderOf } from '@/lib/draft'
import { bytes, seconds, size } from '@/lib/format'
import { warningWords } from '@/lib/i18n/warnings'
import { SETTLE_MS, useSettled } from '@/lib/useSettled'
import { planOptions } from '../api/planOrder'
import type { Candidate } from '../useOnTable'

/** What the next photo takes and gives. Its place is kept, so that nothing below it jumps. */
export function Forecast({ draft, candidate }: { draft: Draft; candidate: Candidate | null }) {
  const { t } = useTranslation('studio')
  const settled = useSettled(draft, SETTLE_MS)
  const { data: plan, error } = useQuery(planOptions(orderOf(settled), candidate?.subject ?? null))
  const ahead = plan?.forecast
  return (
    <div
      aria-live="polite"
      className="min-h-16 rounded-md border border-line-soft bg-ground px-3 py-2.5 text-fact text-ink-2"
    >
      {error ? (
        <p className="text-bad">{wordsFor(error)}</p>
      ) : ahead ? (
        <p title={plan.models.length > 0 ? t('forecast.models', { models: plan.models.join(', ') }) : undefined}>
          {t('forecast.next')} <b className="font-semibold text-ink">{size(ahead.width, ahead.height)}</b>
          {', '}
          {t(ahead.measured ? 'forecast.about' : 'forecast.guess', { time: seconds(ahead.seconds) })}
          {', '}
          {t('forecast.memory', { bytes: bytes(ahead.memory) })}
        </p>
      ) : (
        <p>{t('forecast.none')}</p>
      )}
      {plan?.warnings.map(one => (
        <p key={one} className="mt-1 text-amber wrap-anywhere">
          {warningWords(one)}
        </p>
      ))}
    </div>
  )
}
