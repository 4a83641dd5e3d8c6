import { useTranslation } from 'react-i18next'
import { Select } from '@/components/ui/Select'
import { Switch } from '@/components/ui/Switch'
import { Section } from '@/features/settings/components/Section'
import { usePresets } from '@/lib/data/offers'
import { presetTitle } from '@/lib/i18n/service'
import { setPreferences, usePreferences } from '@/lib/preferences'

const FORMATS = ['png', 'jpeg', 'webp', 'tiff', 'avif'] as const

/** What the studio begins with. */
export function Usual() {
  const { t } = useTranslation('settings')
  const { preset, format, startAtOnce } = usePreferences()
  const presets = usePresets().data ?? []
  const choices = presets.map(one => ({ value: one.name, label: presetTitle(one) }))
  // While the list is fetched, or after the preset was deleted, the choice is still told.
  if (!choices.some(one => one.value === preset)) choices.push({ value: preset, label: preset })
  return (
    <Section title={t('usual.title')} about={t('usual.about')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={t('usual.preset')}
          value={preset}
          choices={choices}
          onChange={chosen => setPreferences({ preset: chosen })}
        />
        <Select
          label={t('usual.format')}
          value={format}
          choices={FORMATS.map(value => ({ value, label: t(`usual.formats.${value}`) }))}
          onChange={chosen => setPreferences({ format: FORMATS.find(one => one === chosen) ?? 'png' })}
        />
      </div>
      <Switch
        label={t('usual.start')}
        help={t('usual.start_help')}
        checked={startAtOnce}
        onChange={startAtOnce => setPreferences({ startAtOnce })}
      />
    </Section>
  )
}
