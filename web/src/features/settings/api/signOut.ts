import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { discardWaiting } from '@/lib/leftovers'

interface Leaving {
  /** Whether photos that wait to be sent are discarded. */
  discard: boolean
}

/** Take the cookie of this browser away; what the page knew goes with it. */
export function useSignOut() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (_: Leaving): Promise<Schemas['SessionView']> => content(api.DELETE('/api/v1/session')),
    onSuccess: async (session, { discard }) => {
      // Not before: where signing out fails, nothing is lost.
      if (discard) await discardWaiting()
      queries.setQueryData(keys.session(), session)
      queries.removeQueries({ predicate: query => query.queryKey[0] !== keys.session()[0] })
    },
  })
}
