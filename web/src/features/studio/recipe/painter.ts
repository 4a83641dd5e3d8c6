import { type Style, useStyles } from '@/lib/data/offers'
import { type Comfy, useComfy } from '@/lib/data/useComfy'
import type { Step } from '@/lib/draft'

/** What will paint a step in a style. */
export interface Painter {
  by: 'local' | 'comfyui'
  /** Whether what it looks like can be told in words. */
  prompted: boolean
  /** Whether this machine can paint it. */
  here: boolean
  /** Why ComfyUI cannot; `null` if it can. */
  refused: 'no_servers' | 'no_prompt' | null
  /** It is to be ComfyUI, and no server of it works now. */
  waits: boolean
}

const AGAIN_MS = 15_000
const NONE: Comfy = { servers: [], waiting: 0 }

/** Look what the service will decide: ComfyUI reads prompts, and is taken where there is both. */
export function painterOf(step: Step, styles: readonly Style[], comfy: Comfy): Painter {
  const style = styleIn(step)
  const row = style === null ? undefined : styles.find(one => one.id === style)
  const prompted = Boolean(row?.prompt)
  const here = row?.local ?? true
  const refused = !prompted ? 'no_prompt' : comfy.servers.length === 0 ? 'no_servers' : null
  const asked = step.backend ?? 'auto'
  const by = !here || asked === 'comfyui' || (asked === 'auto' && refused === null) ? 'comfyui' : 'local'
  const works = comfy.servers.some(one => one.state === 'up' || one.state === 'trying')
  return { by, prompted, here, refused, waits: by === 'comfyui' && !works }
}

/** The same, kept up to date. */
export function usePainter(step: Step): Painter & { known: boolean; servers: boolean } {
  const styles = useStyles().data
  const comfy = useComfy(AGAIN_MS).data
  const known = styles !== undefined && comfy !== undefined
  return { ...painterOf(step, styles ?? [], comfy ?? NONE), known, servers: (comfy?.servers.length ?? 0) > 0 }
}

/** The named style of a step; `null` where a blend or a picture says what it looks like. */
export function styleIn(step: Step): string | null {
  const other = [step.mix, step.picture].some(one => one !== undefined && one !== null)
  return step.operation !== 'stylize' || other ? null : String(step.style ?? 'clay')
}

/** A step in another style; what cannot go with it is left out, the rest stays. */
export function inStyle(step: Step | undefined, style: Style): Step {
  const { mix: _mix, picture: _picture, backend, ...kept } = step ?? { operation: 'stylize' }
  const possible =
    backend !== undefined && (style.prompt || backend !== 'comfyui') && (style.local || backend !== 'local')
  return { ...kept, ...(possible ? { backend } : {}), operation: 'stylize', style: style.id }
}
