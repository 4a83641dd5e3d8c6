import type { Running } from '@/lib/api/live'
import type { Task } from '@/lib/data/useTask'
import type { Dataset } from './api/datasets'

/** A dataset and its build as they are now. */
export interface State {
  dataset: Dataset
  task: Task | undefined
  running: Running | null
  building: boolean
}
