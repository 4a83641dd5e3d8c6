import { api, content } from '@/lib/api/client'
import type { Task } from '@/lib/data/useTask'

/** A task with all that was asked of it; in lists long texts are shortened. */
export function getTask(id: string): Promise<Task> {
  return content(api.GET('/api/v1/tasks/{task_id}', { params: { path: { task_id: id } } }))
}
