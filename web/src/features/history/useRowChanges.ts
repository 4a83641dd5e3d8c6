import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { keys } from '@/lib/api/keys'
import { changed, type Row, type RowPage } from './rows'

/** Changes rows in whatever part of the history was read: nobody reads hundreds of pages anew for one of them. */
export function useRowChanges() {
  const queries = useQueryClient()
  return useMemo(() => {
    const change = (ids: Iterable<string>, how: (row: Row) => Row | null) => {
      const some = new Set(ids)
      queries.setQueriesData<InfiniteData<RowPage>>(
        { queryKey: ['history'] },
        data => data && { ...data, pages: changed(data.pages, some, how) },
      )
      // Else what was deleted would come back as something new.
      const newest = { queryKey: keys.lists(), predicate: isNewest }
      const asking = queries.isFetching(newest) > 0
      if (asking) void queries.cancelQueries(newest)
      queries.setQueriesData<RowPage>(newest, data => data && changed([data], some, how)[0])
      if (asking) void queries.invalidateQueries(newest)
    }
    return { change, drop: (ids: Iterable<string>) => change(ids, () => null) }
  }, [queries])
}

function isNewest({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  const [, filters] = queryKey
  return typeof filters === 'object' && filters !== null && 'newest' in filters
}
