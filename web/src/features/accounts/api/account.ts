import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { beginSession } from '@/lib/calls/beginSession'
import type { Account } from '@/lib/data/useSession'

type Entry = Schemas['SessionEntry']

/** The browsers where one is signed in. */
export function useSessions() {
  return useQuery({
    queryKey: keys.accounts('sessions'),
    queryFn: (): Promise<Entry[]> => content(api.GET('/api/v1/account/sessions')),
  })
}

export function useEndOthers() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (): Promise<Entry[]> => content(api.POST('/api/v1/account/sessions/end-others')),
    onSuccess: left => queries.setQueryData(keys.accounts('sessions'), left),
  })
}

/** Choose another password; this browser stays signed in, all others have to sign in again. */
export function useChangePassword() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (passwords: Schemas['PasswordBody']): Promise<Account> =>
      content(api.POST('/api/v1/account/password', { body: passwords })),
    meta: { quiet: true },
    onSuccess: account => beginSession(queries, account),
  })
}
