import { api, content } from '@/lib/api/client'
import type { Task } from '@/lib/data/useTask'

/** Keep a task when its time is over, or let it go then. */
export function pinTask(id: string, pinned: boolean): Promise<Task> {
  const params = { path: { task_id: id } }
  return content(
    pinned
      ? api.POST('/api/v1/tasks/{task_id}/pin', { params })
      : api.POST('/api/v1/tasks/{task_id}/unpin', { params }),
  )
}
