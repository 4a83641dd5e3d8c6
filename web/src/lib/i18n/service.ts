import i18n from 'i18next'
import type { Operation, Preset, Style, Workflow } from '@/lib/data/offers'

// The service describes itself in English. `service.zh.json` has the same in Chinese, by the ids of what is described;
// a test of the service tells when something is missing there.

function said(path: string, usual: string): string {
  return i18n.t(`service:${path}`, { defaultValue: usual }) || usual
}

export const presetTitle = (preset: Pick<Preset, 'name' | 'title' | 'own'>): string =>
  preset.own ? preset.title || preset.name : said(`presets.${preset.name}.title`, preset.title)

export const presetSummary = (preset: Pick<Preset, 'name' | 'summary' | 'own'>): string =>
  preset.own ? preset.summary : said(`presets.${preset.name}.summary`, preset.summary)

export const operationTitle = (operation: Pick<Operation, 'id' | 'title'>): string =>
  said(`operations.${operation.id}.title`, operation.title)

export const operationSummary = (operation: Pick<Operation, 'id' | 'summary'>): string =>
  said(`operations.${operation.id}.summary`, operation.summary)

export const parameterTitle = (operation: string, parameter: string, usual: string): string =>
  said(`operations.${operation}.params.${parameter}.title`, usual)

export const parameterHelp = (operation: string, parameter: string, usual: string): string =>
  said(`operations.${operation}.params.${parameter}.help`, usual)

export const valueTitle = (operation: string, parameter: string, value: string): string =>
  said(`operations.${operation}.params.${parameter}.values.${value}`, words(value))

export const styleTitle = (style: Pick<Style, 'id' | 'title'>): string => said(`styles.${style.id}.title`, style.title)

export const styleSummary = (style: Pick<Style, 'id' | 'summary'>): string =>
  said(`styles.${style.id}.summary`, style.summary)

/** What a workflow does; only those that come with Safelight have words in other languages. */
export const workflowSummary = (workflow: Pick<Workflow, 'name' | 'description' | 'own'>): string =>
  workflow.own ? workflow.description : said(`workflows.${workflow.name}.summary`, workflow.description)

/** What a worker says about a running task. */
export const runningWords = (message: string): string => said(`running.${message}`, words(message))

/** `dark_channel` as "Dark channel". */
function words(id: string): string {
  const spaced = id.replace(/[_-]/g, ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}
