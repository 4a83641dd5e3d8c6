import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, content } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Preset } from '@/lib/data/offers'

interface Saved {
  name: string
  recipe: Record<string, unknown>
}

/** Keep a recipe under a name; the service says what is wrong with it. */
export function useSavePreset() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, recipe }: Saved): Promise<Preset> =>
      content(api.PUT('/api/v1/presets/{name}', { params: { path: { name } }, body: { recipe } })),
    meta: { quiet: true },
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.offer('presets') }),
  })
}
