import { byName } from '@/lib/i18n/names'
import { said } from '@/lib/i18n/said'

export const words = byName(import.meta.glob('/src/lib/i18n/*.zh.json', { eager: true, import: 'default' }))
export { said }
