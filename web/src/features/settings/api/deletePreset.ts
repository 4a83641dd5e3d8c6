import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export function useDeletePreset() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => api.DELETE('/api/v1/presets/{name}', { params: { path: { name } } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.offer('presets') }),
  })
}
