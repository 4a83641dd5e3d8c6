import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Segmented } from '@/components/ui/Segmented'
import { Section } from '@/features/settings/components/Section'
import { type Language, speak } from '@/lib/i18n'
import { setPreferences, usePreferences } from '@/lib/preferences'
import { showTheme } from '@/lib/theme'

// Each in its own words: whoever looks for one may not read the other.
const LANGUAGES: { value: Language; label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'zh', label: '简体中文' },
]
const THEMES = ['system', 'dark', 'light'] as const

/** Language and theme: at once, without loading anything anew. */
export function Looks() {
  const { t, i18n } = useTranslation('settings')
  const { theme } = usePreferences()
  return (
    <Section title={t('looks.title')}>
      <Row name={t('looks.language')}>
        <Segmented
          label={t('looks.language')}
          value={i18n.language === 'zh' ? 'zh' : 'en'}
          choices={LANGUAGES}
          onChange={language => {
            setPreferences({ language })
            void speak(language)
          }}
        />
      </Row>
      <Row name={t('looks.theme')}>
        <Segmented
          label={t('looks.theme')}
          value={theme ?? 'system'}
          choices={THEMES.map(value => ({ value, label: t(`looks.themes.${value}`) }))}
          onChange={chosen => {
            setPreferences({ theme: chosen === 'system' ? null : chosen })
            showTheme()
          }}
        />
      </Row>
    </Section>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1.5 text-[13px]">
      <span aria-hidden>{name}</span>
      <div className="w-full sm:w-80">{children}</div>
    </div>
  )
}
