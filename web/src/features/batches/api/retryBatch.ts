import { api, content } from '@/lib/api/client'

/** Put all failed photos of a batch back in the queue; with `cancelled` those too. */
export async function retryBatch(id: string, cancelled = false): Promise<void> {
  const query = cancelled ? { cancelled } : {}
  await content(api.POST('/api/v1/batches/{batch_id}/retry', { params: { path: { batch_id: id }, query } }))
}
