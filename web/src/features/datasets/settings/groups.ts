import { type Parameter, parametersOf } from '@/lib/parameters'

/** Settings by group, as the service has them. */
export type Settings = Record<string, Record<string, unknown> | boolean>

/** Names of one group of the settings, in the order of their schema. */
export interface Group {
  name: string
  settings: Setting[]
}

export type Setting = Parameter & {
  /** Of a list: what may be in it; null = any words. */
  items?: readonly string[] | null
}

interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  type?: string
  enum?: string[]
  allOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  description?: string
  default?: unknown
}

/** The step that a change of a group begins with; everything after it is done again as well. */
export const BEGINS: Record<string, string> = {
  unpack: 'unpack',
  quality: 'dedup',
  dedup: 'dedup',
  focus: 'focus',
  crop: 'crop',
  caption: 'caption',
  package: 'package',
}

/** The groups that the schema of the settings describes. What is no group is in one without a name. */
export function groupsOf(schema: unknown): Group[] {
  const whole = schema as Schema
  const defined = whole.$defs ?? {}
  const groups: Group[] = []
  const others: Record<string, Schema> = {}
  for (const [name, property] of Object.entries(whole.properties ?? {})) {
    const group = resolved(property, defined)
    if (!group.properties) others[name] = property
    else groups.push({ name, settings: settingsOf(group, defined) })
  }
  const rest = settingsOf({ properties: others }, defined)
  return rest.length > 0 ? [...groups, { name: '', settings: rest }] : groups
}

function settingsOf(group: Schema, defined: Record<string, Schema>): Setting[] {
  return parametersOf({ ...group, $defs: defined }).map(parameter => {
    const shape = resolved(group.properties?.[parameter.name] ?? {}, defined)
    if (shape.type !== 'array') return parameter
    return { ...parameter, items: resolved(shape.items ?? {}, defined).enum ?? null }
  })
}

function resolved(schema: Schema, defined: Record<string, Schema>): Schema {
  const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined)
  return ref ? { ...defined[ref.replace('#/$defs/', '')], ...schema } : schema
}

/** What of the settings differs, by group, as the service takes it. */
export function differing(now: Settings, before: Settings): Settings {
  const found: Settings = {}
  for (const [name, group] of Object.entries(now)) {
    const old = before[name]
    if (typeof group === 'boolean' || typeof old === 'boolean' || old === undefined) {
      if (group !== old) found[name] = group
      continue
    }
    const changed = Object.entries(group).filter(([key, value]) => !same(value, old[key]))
    if (changed.length > 0) found[name] = Object.fromEntries(changed)
  }
  return found
}

export function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

/** A copy of the settings with one of them changed; a group without a name is the settings themselves. */
export function withSetting(settings: Settings, group: string, name: string, value: unknown): Settings {
  if (group === '') return { ...settings, [name]: value as boolean }
  return { ...settings, [group]: { ...(settings[group] as Record<string, unknown>), [name]: value } }
}

export function settingOf(settings: Settings, group: string, name: string): unknown {
  return group === '' ? settings[name] : (settings[group] as Record<string, unknown> | undefined)?.[name]
}
