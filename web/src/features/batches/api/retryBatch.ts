import { api, content } from '@/lib/api/client'

/** Put all failed photos of a batch back in the queue. */
export async function retryBatch(id: string): Promise<void> {
  await content(api.POST('/api/v1/batches/{batch_id}/retry', { params: { path: { batch_id: id } } }))
}
