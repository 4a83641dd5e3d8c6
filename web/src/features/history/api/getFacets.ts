import { useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

/** The presets, operations and styles that occur in the history. */
export function useFacets() {
  return useQuery({
    queryKey: keys.offer('facets'),
    queryFn: ({ signal }): Promise<Schemas['FacetsView']> => content(api.GET('/api/v1/tasks/facets', { signal })),
  })
}
