import { useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

/** A workflow with its graph; asked for once somebody wants to see it. */
export function useWorkflow(name: string, wanted: boolean) {
  return useQuery({
    queryKey: [...keys.offer('workflows'), name],
    queryFn: ({ signal }): Promise<Schemas['WorkflowSource']> =>
      content(api.GET('/api/v1/workflows/{name}', { params: { path: { name } }, signal })),
    enabled: wanted,
  })
}
