import i18n from 'i18next'
import type { Setting } from './groups'
import help from './help.zh.json'

const HELP: Record<string, Record<string, string>> = help

/** What people call a setting: the names of the schema are those of the command line. */
export function settingTitle(group: string, setting: Pick<Setting, 'name' | 'title'>): string {
  return i18n.t(`datasets:setting.${group || 'all'}.${setting.name}`, { defaultValue: setting.title })
}

/** What a setting does, as the service describes it; `help.zh.json` has the same in Chinese. */
export function settingHelp(group: string, setting: Pick<Setting, 'name' | 'help'>): string {
  return (i18n.language === 'zh' && HELP[group || 'all']?.[setting.name]) || setting.help
}

export function valueTitle(group: string, name: string, value: string): string {
  const words = value.replace(/[_-]/g, ' ')
  const usual = words.charAt(0).toUpperCase() + words.slice(1)
  return i18n.t(`datasets:value.${group || 'all'}.${name}.${value}`, { defaultValue: usual })
}
