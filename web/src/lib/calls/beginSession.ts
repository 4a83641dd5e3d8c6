import type { QueryClient } from '@tanstack/react-query'
import { keys } from '@/lib/api/keys'
import { know } from '@/lib/api/whose'
import type { Account } from '@/lib/data/useSession'

/** Go on as who the service says this is now. */
export function beginSession(queries: QueryClient, account: Account): void {
  know(account)
  queries.setQueryData(keys.session(), account)
  void queries.invalidateQueries({ predicate: query => query.queryKey[0] !== keys.session()[0] })
}
