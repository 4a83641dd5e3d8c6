import { useInfiniteQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type Entry = Schemas['AuditEntry']

export interface Filters {
  /** Only what this user did; empty = all. */
  who: string
  /** Only what was done in this way; empty = all. */
  what: string
}

const AT_ONCE = 50

/** What was done, the newest first. */
export function useAudit({ who, what }: Filters) {
  return useInfiniteQuery({
    queryKey: keys.accounts('audit', { who, what }),
    queryFn: ({ pageParam }): Promise<Schemas['AuditPage']> => {
      const query = {
        limit: AT_ONCE,
        ...(who ? { who } : {}),
        ...(what ? { what } : {}),
        ...(pageParam ? { cursor: pageParam } : {}),
      }
      return content(api.GET('/api/v1/audit', { params: { query } }))
    },
    initialPageParam: '',
    getNextPageParam: last => last.next,
    staleTime: 0,
  })
}
