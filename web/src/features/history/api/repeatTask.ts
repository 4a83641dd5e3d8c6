import { api, content, once } from '@/lib/api/client'
import type { Task } from '../rows'

/** Make a new task like this one: the same photo, the same settings. */
export function repeatTask(id: string): Promise<Task> {
  return content(api.POST('/api/v1/tasks/{task_id}/again', { params: { path: { task_id: id }, header: once() } }))
}
