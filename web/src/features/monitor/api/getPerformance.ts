import { useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

const AGAIN_MS = 5000

/** How long photos take. Asked again while somebody looks. */
export function usePerformance() {
  return useQuery({
    queryKey: keys.sum('performance'),
    queryFn: ({ signal }): Promise<Schemas['PerformanceView']> => content(api.GET('/api/v1/performance', { signal })),
    refetchInterval: AGAIN_MS,
  })
}
