import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'

/** Show the token once; the service gives the browser a cookie for it that no page can read. */
export function useShowToken() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (token: string): Promise<Schemas['SessionView']> =>
      content(api.POST('/api/v1/session', { body: { token } })),
    // What went wrong is told beside the field.
    meta: { quiet: true },
    // Who this is now, the service tells with the rest.
    onSuccess: () => queries.invalidateQueries(),
  })
}
