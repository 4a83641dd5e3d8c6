import { useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

const AGAIN_MS = 5000

/** The load of the last ten minutes, and what ended in the last 24 hours. Asked again while somebody looks. */
export function useSeries() {
  return useQuery({
    queryKey: keys.sum('series'),
    queryFn: ({ signal }): Promise<Schemas['SeriesView']> => content(api.GET('/api/v1/performance/series', { signal })),
    refetchInterval: AGAIN_MS,
  })
}
