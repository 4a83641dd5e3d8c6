import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { know } from '@/lib/api/whose'
import type { Account } from '@/lib/data/useSession'
import { discardWaiting } from '@/lib/leftovers'

interface Leaving {
  /** Whether photos that wait to be sent are discarded. */
  discard: boolean
  /** Whether somebody signed in with name and password. */
  account: boolean
}

const NOBODY = { signed_in: false, user: null, role: null, via: null, acts: false, csrf: '' } as const

/** End the session of this browser; what the page knew goes with it. */
export function useSignOut() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async ({ account }: Leaving): Promise<void> => {
      await (account ? api.POST('/api/v1/account/sign-out') : api.DELETE('/api/v1/session'))
    },
    onSuccess: async (_, { discard }) => {
      // Not before: where signing out fails, nothing is lost.
      if (discard) await discardWaiting()
      know(NOBODY)
      queries.setQueryData<Account>(keys.session(), before => before && { ...before, ...NOBODY, scopes: [] })
      queries.removeQueries({ predicate: query => query.queryKey[0] !== keys.session()[0] })
    },
  })
}
