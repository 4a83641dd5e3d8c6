import { byName } from '@/lib/i18n/names'
import type { Said } from '@/lib/i18n/said'

export const words = byName(import.meta.glob('/src/lib/i18n/*.en.json', { eager: true, import: 'default' }))
/** The service speaks English itself. */
export const said: Said = []
