import { useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type BatchSummary = Schemas['BatchSummary']

/** Where a batch is: counts, progress, ETA. */
export function useBatchSummary(id: string | null) {
  return useQuery({
    queryKey: [...keys.batch(id ?? ''), 'summary'],
    queryFn: ({ signal }): Promise<BatchSummary> =>
      content(api.GET('/api/v1/batches/{batch_id}/summary', { params: { path: { batch_id: id ?? '' } }, signal })),
    enabled: id !== null,
  })
}
