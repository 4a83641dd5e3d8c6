import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, content } from '@/lib/api/client'
import { beginSession } from '@/lib/calls/beginSession'
import type { Account } from '@/lib/data/useSession'

interface Who {
  name: string
  password: string
}

/** Sign in; the service gives the browser a cookie that no page can read. */
export function useSignIn() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (who: Who): Promise<Account> => content(api.POST('/api/v1/account/sign-in', { body: who })),
    // What went wrong is told beside the fields.
    meta: { quiet: true },
    onSuccess: account => beginSession(queries, account),
  })
}
