import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { number } from '@/lib/format'

export interface Bar {
  name: string
  count: number
}

interface BarsProps {
  title: string
  bars: readonly Bar[]
  /** What is not there at all is marked: it is missing. */
  gaps?: boolean
}

const MOST = 8

/** How many pictures are of each kind. */
export function Bars({ title, bars, gaps = false }: BarsProps) {
  const { t } = useTranslation('datasets')
  const id = useId()
  const most = Math.max(1, ...bars.map(one => one.count))
  const rest = bars.slice(MOST).reduce((sum, one) => sum + one.count, 0)
  return (
    <section aria-labelledby={id} className="rounded-md border border-line-soft bg-surface p-4">
      <h3 id={id} className="mb-3 text-[13px] font-semibold">
        {title}
      </h3>
      {bars.length === 0 ? (
        <p className="text-fact text-ink-3">{t('coverage.unknown')}</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {bars.slice(0, MOST).map(one => (
            <li
              key={one.name}
              className="grid grid-cols-[minmax(0,44%)_minmax(0,1fr)_28px] items-center gap-2 text-fact"
            >
              <span title={one.name} className="truncate text-ink-2">
                {one.name}
              </span>
              <svg aria-hidden className="h-2.5 w-full" preserveAspectRatio="none" viewBox="0 0 100 10">
                <rect width="100" height="10" rx="0" className="fill-line-soft" />
                {one.count > 0 && <rect width={(one.count * 100) / most} height="10" className="fill-ink-2" />}
              </svg>
              <span className={`text-right ${gaps && one.count === 0 ? 'text-amber' : ''}`}>{number(one.count)}</span>
            </li>
          ))}
          {rest > 0 && <li className="text-fact text-ink-3">{t('coverage.others', { shown: number(rest) })}</li>}
        </ul>
      )}
    </section>
  )
}
