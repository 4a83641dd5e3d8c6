import { api, content } from '@/lib/api/client'

/** Delete a batch with all its photos, once all have ended. */
export async function deleteBatch(id: string): Promise<void> {
  await content(api.DELETE('/api/v1/batches/{batch_id}', { params: { path: { batch_id: id } } }))
}
