import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { askedOf, type Filters } from '../filters'
import { type RowPage, rowOf } from '../rows'

const PAGE = 200
const FIRST_PAGE = 100
const HEAD = 50

async function searchTasks(filters: Filters, cursor: string | null, limit: number, signal: AbortSignal) {
  const query = { ...askedOf(filters), limit, ...(cursor === null ? {} : { cursor }) }
  const page = await content<Schemas['TaskPage']>(api.GET('/api/v1/tasks', { params: { query }, signal }))
  const heard = Date.now()
  return { rows: page.tasks.map(task => rowOf(task, heard)), next: page.next } satisfies RowPage
}

/** The history that was read so far. It is read on, not anew: `newestOptions` tells what came since. */
export function historyOptions(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ['history', filters] as const,
    queryFn: ({ pageParam, signal }) => searchTasks(filters, pageParam, pageParam === null ? FIRST_PAGE : PAGE, signal),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.next,
    // Not even a lost connection makes it read hundreds of pages again.
    enabled: query => query.state.data === undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The newest tasks that match; live events make them old. */
export function newestOptions(filters: Filters) {
  return queryOptions({
    queryKey: keys.list({ ...filters, newest: HEAD }),
    queryFn: ({ signal }) => searchTasks(filters, null, HEAD, signal),
  })
}
