import { useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

const AGAIN_MS = 5000

/** How many tasks are in each state. Asked again while somebody looks. */
export function useStats() {
  return useQuery({
    queryKey: keys.sum('stats'),
    queryFn: ({ signal }): Promise<Schemas['Stats']> => content(api.GET('/api/v1/stats', { signal })),
    refetchInterval: AGAIN_MS,
  })
}
