import { api, content, once } from '@/lib/api/client'

/** Make a batch to which photos are added one by one; gives its id. */
export async function createBatch(): Promise<string> {
  const made = await content(api.POST('/api/v1/batches', { params: { header: once() } }))
  return made.batch_task_id
}
