import i18n from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Said } from '@/lib/i18n/said'
import { knowSaid } from '@/lib/i18n/warnings'
import { preferences } from '@/lib/preferences'

export type Language = 'en' | 'zh'

/** What every page needs. */
const COMMON: Record<Language, () => Promise<{ words: Record<string, object>; said: Said }>> = {
  en: () => import('@/lib/i18n/en'),
  zh: () => import('@/lib/i18n/zh'),
}

/** What one page needs: `studio.en.json` are the words of `studio`, in its folder. */
const OF_FEATURES = import.meta.glob<object>('/src/features/*/*.{en,zh}.json', { import: 'default' })

const wanted = new Set<string>()

/** The language that was chosen, else that of the browser. */
export function languageOf(chosen: Language | null): Language {
  return chosen ?? (navigator.languages.some(one => one.toLowerCase().startsWith('zh')) ? 'zh' : 'en')
}

export async function startWords(): Promise<void> {
  const language = languageOf(preferences().language)
  await i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    defaultNS: 'common',
    interpolation: { escapeValue: false },
  })
  await speak(language)
}

/** Fetch the words of a feature, in the language that is spoken once they are there. */
export async function fetchWords(feature: string): Promise<void> {
  wanted.add(feature)
  for (let language = i18n.language as Language; !i18n.hasResourceBundle(language, feature); ) {
    await fetchFor(feature, language)
    language = i18n.language as Language
  }
}

/** Speak another language from now on; its words are fetched when they are first needed. */
export async function speak(language: Language): Promise<void> {
  const { words, said } = await COMMON[language]()
  for (const [name, content] of Object.entries(words)) i18n.addResourceBundle(language, name, content, true, true)
  // While some are fetched, others may become wanted.
  const missing = () => [...wanted].filter(feature => !i18n.hasResourceBundle(language, feature))
  while (missing().length > 0) await Promise.all(missing().map(feature => fetchFor(feature, language)))
  knowSaid(said)
  await i18n.changeLanguage(language)
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

async function fetchFor(feature: string, language: Language): Promise<void> {
  const load = OF_FEATURES[`/src/features/${feature}/${feature}.${language}.json`]
  if (load === undefined) throw new Error(`There are no words called ${feature}.`)
  i18n.addResourceBundle(language, feature, await load(), true, true)
}
