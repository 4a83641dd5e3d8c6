import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { number } from '@/lib/format'
import type { Coverage } from '../api/results'

interface AnglesProps {
  title: string
  coverage: Pick<Coverage, 'places'>
}

/** Degrees that are shown to each side, and up and down. */
const [SIDE, TILT] = [90, 45]
const [WIDE, HIGH] = [300, 150]
const across = (yaw: number) => ((Math.max(-SIDE, Math.min(SIDE, yaw)) + SIDE) * WIDE) / (2 * SIDE)
const down = (pitch: number) => ((TILT - Math.max(-TILT, Math.min(TILT, pitch))) * HIGH) / (2 * TILT)

/** Where each head is turned: one dot for a picture. Empty room is what is missing. */
export function Angles({ title, coverage: { places } }: AnglesProps) {
  const { t } = useTranslation('datasets')
  const id = useId()
  return (
    <section aria-labelledby={id} className="rounded-md border border-line-soft bg-surface p-4">
      <h3 id={id} className="mb-3 text-[13px] font-semibold">
        {title}
      </h3>
      <svg
        role="img"
        aria-label={t('coverage.angles_of', { count: places.length, shown: number(places.length) })}
        viewBox={`-6 -6 ${WIDE + 12} ${HIGH + 12}`}
        className="w-full"
      >
        <rect width={WIDE} height={HIGH} rx="4" className="fill-ground stroke-line-soft" />
        <path
          d={`M${across(-55)} 0V${HIGH}M${across(-12)} 0V${HIGH}M${across(12)} 0V${HIGH}M${across(55)} 0V${HIGH}M0 ${down(14)}H${WIDE}M0 ${down(-20)}H${WIDE}`}
          className="stroke-line-soft"
          strokeDasharray="3 3"
        />
        {places.map(one => (
          <circle
            key={one.item}
            cx={across(one.yaw)}
            cy={down(one.pitch)}
            r="3.6"
            className="fill-light stroke-surface"
            fillOpacity="0.8"
          />
        ))}
      </svg>
      <div aria-hidden className="mt-1 flex justify-between text-fact text-ink-3">
        <span>{t('coverage.direction.profile_left')}</span>
        <span>{t('coverage.direction.ahead')}</span>
        <span>{t('coverage.direction.profile_right')}</span>
      </div>
    </section>
  )
}
