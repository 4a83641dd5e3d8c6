import type { Operation } from '@/lib/data/offers'
import type { Draft, Step } from '@/lib/draft'
import { type Parameter, parametersOf } from '@/lib/parameters'

/** The parameters that matter most, by operation; the rest is under "more settings". */
const MAIN: Record<string, readonly string[]> = {
  upscale: ['scale', 'quality_level'],
  restore_faces: ['strength', 'scale', 'quality_level'],
  tune: ['sharpen', 'denoise'],
  stylize: ['strength', 'backend', 'custom_prompt', 'seed', 'preserve_color'],
  cartoonize: ['style', 'strength', 'resolution'],
  comfyui: ['workflow', 'prompt', 'strength', 'seed'],
}
const USUAL_MAIN = ['strength']

export interface StepParameter {
  index: number
  operation: string
  parameter: Parameter
}

/** The parameters to show in the first place. */
export function mainParameters(draft: Draft, operations: readonly Operation[]): StepParameter[] {
  return draft.steps.flatMap((step, index) => {
    const main = MAIN[step.operation] ?? USUAL_MAIN
    const all = parametersFor(step.operation, operations)
    return main.flatMap(name => {
      const parameter = all.find(one => one.name === name)
      return parameter ? [{ index, operation: step.operation, parameter }] : []
    })
  })
}

export function parametersFor(operation: string, operations: readonly Operation[]): Parameter[] {
  const found = operations.find(one => one.id === operation)
  return found ? parametersOf(found.params) : []
}

/** A draft with a parameter of a step set; what is usual is not written down. */
export function withParameter(draft: Draft, index: number, parameter: Parameter, value: unknown): Draft {
  return withStep(draft, index, step => {
    const { [parameter.name]: _before, ...rest } = step
    return (value === parameter.usual ? rest : { ...rest, [parameter.name]: value }) as Step
  })
}

export function withStep(draft: Draft, index: number, change: (step: Step) => Step): Draft {
  return { ...draft, steps: draft.steps.map((step, at) => (at === index ? change(step) : step)) }
}

/** A draft with a step in another place; a place beyond the ends changes nothing. */
export function moved(draft: Draft, index: number, by: number): Draft {
  const to = index + by
  if (to < 0 || to >= draft.steps.length) return draft
  const steps = [...draft.steps]
  const [step] = steps.splice(index, 1)
  if (step) steps.splice(to, 0, step)
  return { ...draft, steps }
}

export function without(draft: Draft, index: number): Draft {
  return draft.steps.length === 1 ? draft : { ...draft, steps: draft.steps.filter((_, at) => at !== index) }
}

export function added(draft: Draft, operation: string): Draft {
  return { ...draft, steps: [...draft.steps, { operation }] }
}
