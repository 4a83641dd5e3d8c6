import type { Task } from '@/lib/data/useTask'

/** What became of one face; its box is left, top, width and height in pixels of the result. */
export interface FaceOutcome {
  index: number
  box: readonly [number, number, number, number]
  score: number
  restored: boolean
  reason: string
  /** How much the same person as before, 1 = certainly; `null` where it was not measured. */
  similarity: number | null
}

/** How one step was computed. */
export interface Execution {
  operation: string
  model: string | null
  device: string
  precision: string
  tile: string | null
  tiles: number
  halved: number
  redone: number
  /** Which ComfyUI server did it. */
  server?: string | null
  restorer?: string
  faces?: readonly FaceOutcome[]
}

/** What a task gave. */
export interface Result {
  name: string
  format: string
  width: number
  height: number
  bytes: number
  sha256: string
  models: readonly string[]
  executions: readonly Execution[]
}

/** The result of a task; `null` while there is none, or if it says too little to be shown. */
export function resultOf(task: Task): Result | null {
  const told = task.result as Partial<Result> | null
  if (!told || typeof told.width !== 'number' || typeof told.height !== 'number') return null
  return {
    name: told.name ?? task.filename,
    format: told.format ?? '',
    width: told.width,
    height: told.height,
    bytes: told.bytes ?? 0,
    sha256: told.sha256 ?? '',
    models: told.models ?? [],
    executions: told.executions ?? [],
  }
}

/** The faces of the result. Where two steps looked at them, the last one knows best. */
export function facesOf(result: Result | null): readonly FaceOutcome[] {
  return result?.executions.findLast(one => one.faces && one.faces.length > 0)?.faces ?? []
}
