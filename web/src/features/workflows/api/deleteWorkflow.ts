import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

/** Delete a workflow of the operator's own. */
export function useDeleteWorkflow() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => api.DELETE('/api/v1/workflows/{name}', { params: { path: { name } } }),
    meta: { quiet: true },
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.offer('workflows') }),
  })
}
