import type { Task } from '@/lib/data/useTask'

/** The dataset that a task builds; null where it works on a photo. */
export function datasetOf({ kind, params }: Pick<Task, 'kind' | 'params'>): string | null {
  return kind === 'dataset' && typeof params.dataset === 'string' ? params.dataset : null
}
