import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { elsewhere } from '@/lib/api/place'
import { know } from '@/lib/api/whose'

export type Account = Schemas['AccountView']
export type Scope = Account['scopes'][number]

// What another Safelight lets us do, it says when it is asked: the page knows it by a token, in the settings.
const ELSEWHERE: Account = {
  accounts: false,
  signed_in: true,
  user: null,
  role: null,
  via: 'token',
  acts: true,
  scopes: ['tasks:read', 'tasks:write', 'datasets', 'operate', 'admin'],
  csrf: '',
}

/** Who uses this browser, and whether the service lets them in. */
export function useSession() {
  return useQuery({
    queryKey: keys.session(),
    queryFn: async (): Promise<Account> => {
      const response = await fetch('/api/v1/account', { cache: 'no-store' })
      if (!response.ok) throw new Error(`${response.status}`)
      const account = (await response.json()) as Account
      know(account)
      return account
    },
    // The service of this page is none of our business then, whoever it lets in.
    enabled: !elsewhere(),
    initialData: elsewhere() ? ELSEWHERE : undefined,
    retry: true,
    retryDelay: count => Math.min(10_000, 500 * 2 ** count),
  })
}

/** Whether who uses this browser may do what a scope is for; while that is not known yet, nothing is kept from them. */
export function useMay(scope: Scope): boolean {
  const session = useSession().data
  return session === undefined || session.scopes.includes(scope)
}
