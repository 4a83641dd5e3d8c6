import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type Batch = Schemas['BatchSummary']

const PAGE = 30

/** All batches, newest first; live events make them old. */
export const batchesOptions = infiniteQueryOptions({
  queryKey: [...keys.batches(), { all: true }] as const,
  queryFn: ({ pageParam, signal }): Promise<Schemas['BatchPage']> =>
    content(
      api.GET('/api/v1/batches', {
        params: { query: { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: last => last.next,
})
