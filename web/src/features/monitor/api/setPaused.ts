import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, content, once, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

/** Stop handing out work, or go on. */
export function useSetPaused() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (paused: boolean): Promise<Schemas['Stats']> =>
      content(
        paused
          ? api.POST('/api/v1/queue/pause', { headers: once() })
          : api.POST('/api/v1/queue/resume', { headers: once() }),
      ),
    onSuccess: stats => queries.setQueryData(keys.sum('stats'), stats),
  })
}
