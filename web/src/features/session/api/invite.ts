import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { beginSession } from '@/lib/calls/beginSession'

export type Invite = Schemas['InviteView']

interface Chosen {
  code: string
  name: string | null
  password: string
}

/** What a link is for. */
export function useInvite(code: string) {
  return useQuery({
    queryKey: keys.accounts('invite', { code }),
    queryFn: (): Promise<Invite> => content(api.POST('/api/v1/account/invite', { body: { code } })),
    enabled: code !== '',
    retry: false,
  })
}

/** Use a link: it makes the account, or the password is another one, and one is signed in. `leave` is done before. */
export function useUseInvite(leave: () => Promise<void>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (chosen: Chosen): Promise<Invite> => content(api.POST('/api/v1/account/invite', { body: chosen })),
    meta: { quiet: true },
    onSuccess: async ({ account }) => {
      await leave()
      if (account) beginSession(queries, account)
    },
  })
}
