import type { Schemas } from '@/lib/api/client'
import type { SubTask } from './api/getBatchTasks'

type Batch = Schemas['BatchSummary']

/** Photos that still wait or run. */
export function openOnes(batch: Pick<Batch, 'pending' | 'processing'>): number {
  return batch.pending + batch.processing
}

/** How long a batch took from when it was made, or has taken until now; in seconds. */
export function elapsed(batch: Pick<Batch, 'created_at' | 'finished_at'>, now = Date.now()): number {
  const end = batch.finished_at ? Date.parse(batch.finished_at) : now
  return Math.max(0, (end - Date.parse(batch.created_at)) / 1000)
}

/** Which photos of a batch can be done again. */
export type Again = 'failed' | 'cancelled' | 'failed_cancelled'

/**
 * What can be done again, the usual first. What was refused when it was sent cannot; and the service never takes up the
 * cancelled ones without the failed ones.
 */
export function againOf({ failed, refused, cancelled }: Pick<Batch, 'failed' | 'refused' | 'cancelled'>): Again[] {
  if (failed - refused === 0) return cancelled > 0 ? ['cancelled'] : []
  return cancelled > 0 ? ['failed', 'failed_cancelled'] : ['failed']
}

export const SHOWS = ['all', 'waiting', 'done', 'failed'] as const
export type Show = (typeof SHOWS)[number]

/** Which photos of a batch are shown; those that were cancelled are among the failed, where they can be done again. */
export function shownOf(tasks: readonly SubTask[], show: Show): readonly SubTask[] {
  if (show === 'all') return tasks
  return tasks.filter(task => groupOf(task.status) === show)
}

export function groupOf(status: SubTask['status']): Exclude<Show, 'all'> {
  if (status === 'completed') return 'done'
  return status === 'failed' || status === 'cancelled' ? 'failed' : 'waiting'
}

export function countOf(batch: Batch, show: Show): number {
  const counts = {
    all: batch.total - batch.deleted,
    waiting: openOnes(batch),
    done: batch.completed,
    failed: batch.failed + batch.cancelled,
  }
  return counts[show]
}

/** What has changed since the tasks were asked for, if anything: the counts of a batch in one text. */
export function footprint(batch: Batch): string {
  return [batch.total, batch.pending, batch.processing, batch.completed, batch.failed, batch.cancelled].join('/')
}

/** How long the tasks of a batch may be old: asking for many costs more. In ms. */
export function patience(count: number): number {
  return count <= 200 ? 0 : Math.min(15_000, count * 2)
}
