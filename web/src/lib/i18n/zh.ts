import { byName } from '@/lib/i18n/names'

export const words = byName(import.meta.glob('/src/**/*.zh.json', { eager: true, import: 'default' }))
