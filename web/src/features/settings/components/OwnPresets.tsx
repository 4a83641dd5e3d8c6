import { useTranslation } from 'react-i18next'
import { Skeleton } from '@/components/ui/Skeleton'
import { Import } from '@/features/settings/components/Import'
import { OwnPreset } from '@/features/settings/components/OwnPreset'
import { Section } from '@/features/settings/components/Section'
import { usePresets } from '@/lib/data/offers'

/** Presets of one's own: use, rename, share, delete. */
export function OwnPresets() {
  const { t } = useTranslation('settings')
  const presets = usePresets().data
  const own = presets?.filter(one => one.own) ?? []
  return (
    <Section title={t('presets.title')} about={t('presets.about')}>
      {!presets && <Skeleton className="h-12" />}
      {presets && own.length === 0 && <p className="text-[13px] text-ink-2">{t('presets.none')}</p>}
      {own.length > 0 && (
        <ul className="divide-y divide-line-soft rounded-sm border border-line-soft">
          {own.map(one => (
            <OwnPreset key={one.name} preset={one} taken={presets?.map(other => other.name) ?? []} />
          ))}
        </ul>
      )}
      <Import presets={presets ?? []} />
    </Section>
  )
}
