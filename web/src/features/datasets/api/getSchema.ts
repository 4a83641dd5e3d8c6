import { useQuery } from '@tanstack/react-query'
import { api, content } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

/** The JSON Schema of a dataset's settings. */
export function useSettingsSchema() {
  return useQuery({
    queryKey: keys.offer('dataset schema'),
    queryFn: ({ signal }): Promise<unknown> => content(api.GET('/api/v1/datasets/schema', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  })
}
