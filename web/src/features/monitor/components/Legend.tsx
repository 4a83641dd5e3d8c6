import { useTranslation } from 'react-i18next'
import { LOOKS, lineWords, valueWords } from '@/features/monitor/lineLooks'
import type { Line } from '@/features/monitor/series'

interface LegendProps {
  lines: readonly Line[]
  percent: boolean
}

/** What each line is and how high it is now; all of it in sentences for screen readers. */
export function Legend({ lines, percent }: LegendProps) {
  const { t } = useTranslation('monitor')
  return (
    <>
      <ul aria-hidden className="mt-3 flex flex-wrap gap-x-6 gap-y-2">
        {lines.map(line => (
          <li key={line.name} className="flex items-center gap-2 text-fact">
            <svg width="22" height="6" aria-hidden="true">
              <path
                d="M1 3h20"
                stroke={`var(${LOOKS[line.name].colour})`}
                strokeWidth="2"
                strokeDasharray={LOOKS[line.name].dash.join(' ')}
              />
            </svg>
            <span className="text-ink-2">{t(`load.${line.name}`)}</span>
            <span className="font-semibold">{valueWords(line.now, percent)}</span>
            <span className="text-ink-3">{t('load.most', { most: valueWords(line.most, percent) })}</span>
          </li>
        ))}
      </ul>
      <p className="sr-only">{lines.map(line => lineWords(line.name, line, percent)).join(' ')}</p>
    </>
  )
}
