import type { TFunction } from 'i18next'
import { day as longDay } from '@/lib/format'
import { dayOf } from './rows'

/** A day as a heading says it: today, yesterday, or the date. */
export function dayName(day: string, t: TFunction<'history'>, now = new Date()): string {
  if (day === dayOf(now.toISOString())) return t('today')
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1, 12)
  if (day === dayOf(before.toISOString())) return t('yesterday')
  return longDay(`${day}T12:00:00`)
}
