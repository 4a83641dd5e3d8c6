import i18n from 'i18next'
import type { Task } from '@/lib/data/useTask'
import { resultOf } from '@/lib/made/result'
import { askedOf } from '@/lib/made/settings'

/** What painted a photo. */
export interface Painted {
  by: 'local' | 'comfyui'
  /** The servers that did, each once; empty if it was this machine, or nobody yet. */
  servers: readonly string[]
}

/** What painted the photo of a task, or will; `null` where nothing is painted. */
export function paintedOf(task: Task): Painted | null {
  const result = resultOf(task)
  const servers = [...new Set(result?.executions.flatMap(one => one.server ?? []))]
  if (servers.length > 0 || (!result && task.backend === 'comfyui')) return { by: 'comfyui', servers }
  const styled = askedOf(task).recipe?.steps?.some(step => step.operation === 'stylize')
  return styled ? { by: 'local', servers } : null
}

/** The same in words: `ComfyUI, http://10.0.0.5:8188`. */
export function paintedWords({ by, servers }: Painted): string {
  return [i18n.t(`common:painted.${by}`), ...servers].join(', ')
}
