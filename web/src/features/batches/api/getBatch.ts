import { queryOptions } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

/** A batch, summed up; live events make it old. */
export function batchOptions(id: string) {
  return queryOptions({
    queryKey: keys.batch(id),
    queryFn: ({ signal }): Promise<Schemas['BatchSummary']> =>
      content(api.GET('/api/v1/batches/{batch_id}/summary', { params: { path: { batch_id: id } }, signal })),
  })
}
