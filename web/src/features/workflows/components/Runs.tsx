import { Check, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Workflow } from '@/lib/data/offers'
import { warningWords } from '@/lib/i18n/warnings'

/** Which servers can run a workflow, and what the others lack. */
export function Runs({ servers }: { servers: Workflow['servers'] }) {
  const { t } = useTranslation('workflows')
  if (servers.length === 0) return null
  return (
    <ul aria-label={t('servers')} className="mt-1.5 flex flex-col gap-1 text-fact">
      {servers.map(({ name, lacks }) => (
        <li key={name} className="flex items-start gap-2">
          {lacks.length === 0 ? (
            <Check aria-hidden className="mt-0.5 size-3.5 shrink-0 text-good" />
          ) : (
            <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0 text-amber" />
          )}
          <div className="min-w-0 break-words">
            <span className="text-ink-2">{name}</span>{' '}
            <span className={lacks.length === 0 ? 'text-good' : 'text-amber'}>
              {t(lacks.length === 0 ? 'can_run' : 'lacks')}
            </span>
            {lacks.length > 0 && (
              <ul className="list-disc pl-4 text-amber">
                {lacks.map(one => (
                  <li key={one}>{warningWords(one)}</li>
                ))}
              </ul>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}
