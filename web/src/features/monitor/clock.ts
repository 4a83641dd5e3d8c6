import i18n from 'i18next'

/** The hour and minute of a point in time, whatever the day: for axes. */
export function clock(at: string | number): string {
  return new Intl.DateTimeFormat(i18n.language === 'zh' ? 'zh-CN' : 'en', {
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(at))
}
