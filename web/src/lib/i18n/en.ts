import { byName } from '@/lib/i18n/names'

export const words = byName(import.meta.glob('/src/**/*.en.json', { eager: true, import: 'default' }))
