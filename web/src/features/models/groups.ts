import type { Model } from '@/lib/data/offers'

/** What models are for, in the order in which people look for them. */
export const GROUPS = {
  upscale: ['upscale'],
  restore_faces: ['restore_faces'],
  cartoonize: ['cartoonize'],
  stylize: ['stylize'],
  dehaze: ['dehaze'],
  relight: ['relight'],
  denoise: ['denoise'],
  people: ['faces', 'identity', 'pose', 'segment'],
  font: ['font'],
} as const satisfies Record<string, readonly string[]>

export type GroupName = keyof typeof GROUPS | 'other'

export interface Group {
  name: GroupName
  models: Model[]
}

/** Where a model is, seen from the service. */
export type State = 'here' | 'fetchable' | 'consent' | 'trust' | 'by_hand'

const STATES: Record<string, State> = {
  installed: 'here',
  'can be fetched': 'fetchable',
  'needs acceptance': 'consent',
  'needs trust': 'trust',
}

export function stateOf(model: Pick<Model, 'state'>): State {
  return STATES[model.state] ?? 'by_hand'
}

export const SHOWN = ['all', 'here', 'missing'] as const
export type Shown = (typeof SHOWN)[number]

/** The models that were searched for, by what they are for; groups without any are left out. */
export function grouped(models: readonly Model[], text: string, shown: Shown): Group[] {
  const wanted = text.trim().toLowerCase()
  const found = models.filter(
    model =>
      (shown === 'all' || (stateOf(model) === 'here') === (shown === 'here')) &&
      [model.id, model.title, model.task, model.licence].some(said => said.toLowerCase().includes(wanted)),
  )
  const names = [...(Object.keys(GROUPS) as (keyof typeof GROUPS)[]), 'other' as const]
  return names
    .map(name => ({ name, models: found.filter(model => groupOf(model) === name) }))
    .filter(group => group.models.length > 0)
}

function groupOf(model: Model): GroupName {
  const found = Object.entries(GROUPS).find(([, tasks]) => (tasks as readonly string[]).includes(model.task))
  return (found?.[0] as GroupName | undefined) ?? 'other'
}
