import { useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type Health = Schemas['Health']

/** How the service is; asked every few seconds while somebody looks. */
export function useHealth() {
  return useQuery({
    queryKey: keys.sum('health'),
    queryFn: ({ signal }): Promise<Health> => content(api.GET('/health', { signal })),
    refetchInterval: 5000,
  })
}
