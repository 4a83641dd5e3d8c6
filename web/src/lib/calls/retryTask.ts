import { api, content } from '@/lib/api/client'
import type { Task } from '@/lib/data/useTask'

/** Put a failed or cancelled task back in the queue. */
export function retryTask(id: string): Promise<Task> {
  return content(api.POST('/api/v1/tasks/{task_id}/retry', { params: { path: { task_id: id } } }))
}
