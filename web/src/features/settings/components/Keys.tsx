import { useTranslation } from 'react-i18next'
import { Section } from '@/features/settings/components/Section'

const KEYS = {
  everywhere: [
    ['tab', 'next'],
    ['escape', 'close'],
  ],
  studio: [['ctrl_v', 'paste']],
  viewer: [
    ['arrows_x', 'photos'],
    ['shift_arrows', 'pan'],
    ['plus_minus', 'zoom'],
    ['zero', 'fit'],
    ['one', 'full'],
    ['space', 'flip'],
    ['d', 'save'],
    ['escape', 'leave'],
  ],
  history: [
    ['arrows', 'move'],
    ['enter', 'open'],
    ['space', 'pick'],
    ['delete', 'delete'],
  ],
} as const

/** What can be done without a mouse. */
export function Keys() {
  const { t } = useTranslation('settings')
  return (
    <Section title={t('keys.title')}>
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {(Object.keys(KEYS) as (keyof typeof KEYS)[]).map(place => (
          <div key={place}>
            <h3 className="mb-1.5 text-fact font-semibold text-ink-2">{t(`keys.${place}`)}</h3>
            <dl className="flex flex-col gap-1.5 text-[13px]">
              {KEYS[place].map(([name, does]) => (
                <div key={does} className="flex items-baseline justify-between gap-4">
                  <dt className="order-last shrink-0">
                    <kbd className="rounded-[4px] border border-line bg-raised px-1.5 py-0.5 font-sans text-[12px] text-ink-2">
                      {t(`keys.names.${name}`)}
                    </kbd>
                  </dt>
                  <dd>{t(`keys.does.${does}`)}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </div>
    </Section>
  )
}
