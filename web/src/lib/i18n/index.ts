import i18n, { type Resource } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { preferences } from '@/lib/preferences'

export type Language = 'en' | 'zh'

const WORDS: Record<Language, () => Promise<{ words: Record<string, object> }>> = {
  en: () => import('@/lib/i18n/en'),
  zh: () => import('@/lib/i18n/zh'),
}

/** The language that was chosen, else that of the browser. */
export function languageOf(chosen: Language | null): Language {
  return chosen ?? (navigator.languages.some(one => one.toLowerCase().startsWith('zh')) ? 'zh' : 'en')
}

export async function startWords(): Promise<void> {
  const language = languageOf(preferences().language)
  const { words } = await WORDS[language]()
  await i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: words } as Resource,
    defaultNS: 'common',
    interpolation: { escapeValue: false },
  })
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

/** Speak another language from now on; its words are fetched when they are first needed. */
export async function speak(language: Language): Promise<void> {
  const { words } = await WORDS[language]()
  for (const [name, content] of Object.entries(words)) i18n.addResourceBundle(language, name, content, true, true)
  await i18n.changeLanguage(language)
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}
