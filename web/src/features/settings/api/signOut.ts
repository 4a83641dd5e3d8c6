import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

/** Take the cookie of this browser away; what the page knew goes with it. */
export function useSignOut() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (): Promise<Schemas['SessionView']> => content(api.DELETE('/api/v1/session')),
    onSuccess: session => {
      queries.setQueryData(keys.session(), session)
      queries.removeQueries({ predicate: query => query.queryKey[0] !== keys.session()[0] })
    },
  })
}
