import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import {
  type Item,
  type ItemDetail,
  type ItemFilters,
  type ItemPage,
  itemKey,
  itemsKey,
  itemsOptions,
} from '../api/items'

/** The photos of a dataset that a search finds, as far as they were read. */
export function useItems(id: string, filters: ItemFilters) {
  const list = useInfiniteQuery(itemsOptions(id, filters))
  const items = useMemo(() => list.data?.pages.flatMap(page => page.items) ?? [], [list.data])
  const { hasNextPage, isFetching, fetchNextPage } = list
  const readOn = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])
  return { list, items, total: list.data?.pages[0]?.total ?? 0, readOn }
}

/** Puts what the service answered of photos in the place of what was known of them. */
export function useItemChanges(id: string): (changed: readonly Item[]) => void {
  const queries = useQueryClient()
  return useCallback(
    (changed: readonly Item[]) => {
      const fresh = new Map(changed.map(one => [one.item_id, one]))
      queries.setQueriesData<InfiniteData<ItemPage, number>>({ queryKey: itemsKey(id) }, known =>
        known
          ? {
              ...known,
              pages: known.pages.map(page =>
                page.items.some(one => fresh.has(one.item_id))
                  ? { ...page, items: page.items.map(one => fresh.get(one.item_id) ?? one) }
                  : page,
              ),
            }
          : known,
      )
      for (const one of changed)
        queries.setQueryData<ItemDetail>(itemKey(id, one.item_id), known => (known ? { ...known, ...one } : known))
    },
    [id, queries],
  )
}
