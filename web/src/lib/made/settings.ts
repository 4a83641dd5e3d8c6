import i18n from 'i18next'
import type { Operation } from '@/lib/data/offers'
import type { Task } from '@/lib/data/useTask'
import type { Step } from '@/lib/draft'
import { number } from '@/lib/format'
import { operationTitle, parameterTitle, valueTitle } from '@/lib/i18n/service'
import { type Parameter, parametersOf } from '@/lib/parameters'

/** One parameter, in words. */
export interface Setting {
  name: string
  title: string
  value: string
  /** Whether it is as it would be if nobody had said anything. */
  usual: boolean
}

/** One step of what was done, in words. */
export interface MadeStep {
  operation: string
  title: string
  settings: Setting[]
}

interface Asked {
  recipe?: { name?: string; title?: string; steps?: Step[] }
  format?: string
  quality?: number | null
  lossless?: boolean
  strip?: string
  tile?: number | null
}

const LONGEST = 120

/** What a task was asked for. */
export function askedOf(task: Task): Asked {
  return task.params as Asked
}

/** The steps of a task with all their parameters, what was left out filled in. */
export function stepsOf(task: Task, operations: readonly Operation[]): MadeStep[] {
  return (askedOf(task).recipe?.steps ?? []).map(step => {
    const operation = operations.find(one => one.id === step.operation)
    const known = operation ? parametersOf(operation.params) : []
    const strange = Object.keys(step).filter(name => name !== 'operation' && !known.some(one => one.name === name))
    return {
      operation: step.operation,
      title: operation ? operationTitle(operation) : step.operation,
      settings: [
        ...known.map(one => settingOf(step, one)),
        ...strange.map(name => ({ name, title: name, value: said(step[name]), usual: false })),
      ],
    }
  })
}

function settingOf(step: Step, parameter: Parameter): Setting {
  const { name, usual } = parameter
  const value = step[name] === undefined ? usual : step[name]
  return {
    name,
    title: parameterTitle(step.operation, name, parameter.title),
    value: inWords(step.operation, parameter, value),
    usual: JSON.stringify(value) === JSON.stringify(usual),
  }
}

function inWords(operation: string, { kind, name }: Parameter, value: unknown): string {
  if (kind === 'choice' && typeof value === 'string') return valueTitle(operation, name, value)
  return name === 'scale' && typeof value === 'number' ? `${number(value, 2)}×` : said(value)
}

function said(value: unknown): string {
  if (value === null || value === undefined || value === '') return i18n.t('common:none')
  if (typeof value === 'boolean') return i18n.t(value ? 'common:on' : 'common:off')
  if (typeof value === 'number') return number(value, 3)
  if (Array.isArray(value)) return value.length > 0 ? value.map(said).join(', ') : i18n.t('common:none')
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
