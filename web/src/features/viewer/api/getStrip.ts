import { api, content, type Schemas } from '@/lib/api/client'

/** The photos of a batch in their order, in short. */
export async function getStrip(batch: string, signal: AbortSignal): Promise<Schemas['SubTask'][]> {
  const found: Schemas['BatchView'] = await content(
    api.GET('/api/v1/batches/{batch_id}', { params: { path: { batch_id: batch } }, signal }),
  )
  return found.sub_tasks
}
