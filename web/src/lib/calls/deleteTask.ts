import { api, content } from '@/lib/api/client'
import { ServiceError } from '@/lib/api/errors'

/** Delete a task and its files. One that is gone already is as good as deleted. */
export async function deleteTask(id: string): Promise<void> {
  try {
    await content(api.DELETE('/api/v1/tasks/{task_id}', { params: { path: { task_id: id } } }))
  } catch (error) {
    if (!(error instanceof ServiceError && error.status === 404)) throw error
  }
}
