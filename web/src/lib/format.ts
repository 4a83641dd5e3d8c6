import i18n from 'i18next'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

function locale(): string {
  return i18n.language === 'zh' ? 'zh-CN' : 'en'
}

/** 6,100,000 bytes as "6.1 MB". */
export function bytes(value: number): string {
  const step = value < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3))
  const shown = value / 1000 ** step
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: shown < 10 && step > 0 ? 1 : 0,
  }).format(shown)
}

/** Seconds as "0.4 s", "12 s", "3 min 20 s", "2 h 5 min". */
export function seconds(value: number): string {
  const unit = (amount: string, name: 'second' | 'minute' | 'hour') => i18n.t(`common:units.${name}`, { amount })
  const whole = Math.round(value)
  if (value < 9.95) return unit(number(value, 1), 'second')
  if (whole < 60) return unit(number(whole), 'second')
  const hours = whole >= 3600
  const rest = hours ? Math.round((whole % 3600) / 60) : whole % 60
  const first = unit(number(Math.floor(whole / (hours ? 3600 : 60))), hours ? 'hour' : 'minute')
  return rest > 0 ? `${first} ${unit(number(rest), hours ? 'minute' : 'second')}` : first
}

/** 2048 and 1365 as "2,048 × 1,365". */
export function size(width: number, height: number): string {
  return `${number(width)} × ${number(height)}`
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)
}

/** A share of 0-1 as "62%". */
export function percent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(share)
}

/** A point in time as people say it: the time today, day and time before. */
export function time(at: string): string {
  const then = new Date(at)
  const today = new Date().toDateString() === then.toDateString()
  return new Intl.DateTimeFormat(
    locale(),
    today
      ? { hour: '2-digit', minute: '2-digit' }
      : { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  ).format(then)
}

/** A day, as headings of the history say it. */
export function day(at: string): string {
  return new Intl.DateTimeFormat(locale(), { year: 'numeric', month: 'long', day: 'numeric' }).format(new Date(at))
}
