import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { FactGroup } from '@/components/ui/Facts'
import { warningWords } from '@/lib/i18n/warnings'

/** What was asked and could not be honoured, or was decided for the user. */
export function Warnings({ all }: { all: readonly string[] }) {
  const { t } = useTranslation('viewer')
  if (all.length === 0) return null
  return (
    <FactGroup title={t('good_to_know')}>
      <ul className="flex flex-col gap-2 text-fact text-ink-2">
        {all.map(one => (
          <li key={one} className="flex gap-2">
            <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0 text-amber" />
            <span className="min-w-0 wrap-anywhere">{warningWords(one)}</span>
          </li>
        ))}
      </ul>
    </FactGroup>
  )
}
