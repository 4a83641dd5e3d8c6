import i18n from 'i18next'

/** A point in time as a report says it: always with its day, for it is read later. */
export function moment(at: string): string {
  const locale = i18n.language === 'zh' ? 'zh-CN' : 'en'
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(new Date(at))
}
