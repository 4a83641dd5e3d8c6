import { useQuery } from '@tanstack/react-query'
import { keys } from '@/lib/api/keys'
import { elsewhere } from '@/lib/api/place'

export interface Session {
  /** Whether the service asks for a token. */
  needed: boolean
  signed_in: boolean
}

/** Whether this browser may use the service. Another Safelight knows the page by its token, in the settings. */
export function useSession() {
  return useQuery({
    queryKey: keys.session(),
    queryFn: async (): Promise<Session> => {
      const response = await fetch('/api/v1/session', { cache: 'no-store' })
      if (!response.ok) throw new Error(`${response.status}`)
      return (await response.json()) as Session
    },
    // The service of this page is none of our business then, whoever it lets in.
    enabled: !elsewhere(),
    initialData: elsewhere() ? { needed: false, signed_in: true } : undefined,
    retry: true,
    retryDelay: count => Math.min(10_000, 500 * 2 ** count),
  })
}
