import { api, content } from '@/lib/api/client'

/** Cancel all photos of a batch that are not done. */
export async function cancelBatch(id: string): Promise<void> {
  await content(api.POST('/api/v1/batches/{batch_id}/cancel', { params: { path: { batch_id: id } } }))
}
