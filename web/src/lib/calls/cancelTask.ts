import { api, content } from '@/lib/api/client'
import type { Task } from '@/lib/data/useTask'

/** Stop a task: one that waits at once, one that runs within a tile. */
export function cancelTask(id: string): Promise<Task> {
  return content(api.POST('/api/v1/tasks/{task_id}/cancel', { params: { path: { task_id: id } } }))
}
