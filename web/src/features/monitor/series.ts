import type { Schemas } from '@/lib/api/client'

export type Sample = Schemas['SampleView']
export type Hour = Schemas['HourView']

export const DRAWN = {
  machine: ['cpu', 'memory', 'gpu', 'gpu_memory'],
  work: ['active', 'queue', 'done'],
} as const

export type Drawn = keyof typeof DRAWN
export type LineName = (typeof DRAWN)[Drawn][number]

export interface Line {
  name: LineName
  /** By sample; `null` where nobody knows. */
  values: (number | null)[]
  now: number
  mean: number
  most: number
}

/** Reads a line out of samples; the step between them in seconds is for what is told per step. */
const READ: Record<LineName, (sample: Sample, step: number) => number | null> = {
  cpu: sample => sample.cpu_usage,
  memory: sample => sample.memory_usage,
  gpu: sample => sample.gpu_usage,
  gpu_memory: sample => sample.gpu_memory,
  active: sample => sample.active_tasks,
  queue: sample => sample.queue_size,
  done: (sample, step) => (sample.completed / step) * 60,
}

/** The lines of a chart; what nobody measures, as the card of a machine without one, is left out. */
export function linesOf(samples: readonly Sample[], drawn: Drawn, step: number): Line[] {
  return DRAWN[drawn].flatMap(name => {
    const values = samples.map(sample => READ[name](sample, step))
    const known = values.filter(value => value !== null)
    if (known.length === 0) return []
    return {
      name,
      values,
      now: known.at(-1) ?? 0,
      mean: known.reduce((sum, value) => sum + value, 0) / known.length,
      most: Math.max(...known),
    }
  })
}

/** Points in time of samples, in seconds since 1970. */
export function timesOf(samples: readonly Sample[]): number[] {
  return samples.map(sample => Date.parse(sample.timestamp) / 1000)
}

export function endedIn(hours: readonly Hour[]): { done: number; failed: number; most: number } {
  return {
    done: hours.reduce((sum, hour) => sum + hour.completed, 0),
    failed: hours.reduce((sum, hour) => sum + hour.failed, 0),
    most: Math.max(1, ...hours.map(hour => hour.completed + hour.failed)),
  }
}
