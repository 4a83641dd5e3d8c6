import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo } from 'react'
import { historyOptions, newestOptions } from './api/searchTasks'
import type { Filters } from './filters'
import { changed, flat, freshOf, type Row, withFresh } from './rows'

/** The history as far as it was read, and what came meanwhile. */
export function useHistory(filters: Filters) {
  const queries = useQueryClient()
  const options = useMemo(() => historyOptions(filters), [filters])
  const list = useInfiniteQuery(options)
  const pages = list.data?.pages
  const newest = useQuery({ ...newestOptions(filters), enabled: pages !== undefined })
  const rows = useMemo(() => flat(pages ?? []), [pages])
  const fresh = useMemo(() => freshOf(pages && newest.data, rows), [newest.data, rows, pages])

  // What is known already may have gone on.
  useEffect(() => {
    const heard = new Map(newest.data?.rows.map(row => [row.id, row]))
    queries.setQueryData(options.queryKey, data => {
      const known = data?.pages[0]?.rows.slice(0, 2 * heard.size) ?? []
      const moved = new Set(known.filter(row => hasMoved(row, heard.get(row.id))).map(row => row.id))
      if (!data || moved.size === 0) return data
      return { ...data, pages: changed(data.pages, moved, row => heard.get(row.id) ?? row) }
    })
  }, [newest.data, queries, options])

  /** Take in what is new. */
  const takeIn = useCallback(() => {
    queries.setQueryData(options.queryKey, data => {
      if (!data || fresh.rows.length === 0) return data
      if (fresh.gap && newest.data) return { pages: [newest.data], pageParams: [null] }
      return { ...data, pages: withFresh(data.pages, fresh.rows) }
    })
  }, [queries, options, fresh, newest.data])

  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list
  /** Read on, unless it is read just now or there is no more. */
  const readOn = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage()
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage])

  return { list, rows, fresh, takeIn, readOn }
}

function hasMoved(row: Row, now: Row | undefined): boolean {
  return (
    now !== undefined &&
    now.heard > row.heard &&
    (row.status !== now.status || row.pinned !== now.pinned || row.originalThumbnail !== now.originalThumbnail)
  )
}
