import { queryOptions } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'

export type BatchPhoto = Schemas['SubTask']

/** The photos of a batch in the order in which they were sent, in short. */
export function batchPhotosOptions(batch: string) {
  return queryOptions({
    queryKey: ['report', batch],
    queryFn: async ({ signal }): Promise<BatchPhoto[]> => {
      const found: Schemas['BatchView'] = await content(
        api.GET('/api/v1/batches/{batch_id}', { params: { path: { batch_id: batch } }, signal }),
      )
      return found.sub_tasks
    },
    staleTime: 5000,
  })
}
