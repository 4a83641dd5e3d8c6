import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'

export type Item = Schemas['ItemView']
export type ItemDetail = Schemas['ItemDetail']
export type ItemPage = Schemas['ItemPage']
export type Reason = Schemas['Reason']
export type Box = [number, number, number, number]

export interface ItemFilters {
  show?: 'kept' | 'dropped'
  reason?: string
  person?: number
  flagged?: boolean
  text?: string
}

/** What a person decides of photos; null takes a decision back. */
export interface Choice {
  keep?: boolean | null
  crop?: Box | null
  caption?: string | null
}

const PAGE = 300

/** Boxes have four numbers, which the client takes for any number of them. */
const whole = <T>(answer: Promise<{ data?: unknown; response: Response }>): Promise<T> =>
  content(answer as Promise<{ data?: T; response: Response }>)

export const itemsKey = (id: string) => ['dataset items', id] as const
export const itemKey = (id: string, item: string) => ['dataset item', id, item] as const

/** The photos of a dataset, people and duplicates beside each other. Decisions are put into the cache as they are made. */
export function itemsOptions(id: string, filters: ItemFilters) {
  return infiniteQueryOptions({
    queryKey: [...itemsKey(id), filters] as const,
    queryFn: ({ pageParam, signal }): Promise<ItemPage> => {
      const query = { ...filters, offset: pageParam, limit: PAGE } as { offset: number; reason?: Reason }
      return whole(
        api.GET('/api/v1/datasets/{dataset_id}/items', { params: { path: { dataset_id: id }, query }, signal }),
      )
    },
    initialPageParam: 0,
    getNextPageParam: last => last.next,
  })
}

/** One photo with what was seen in it. */
export function itemOptions(id: string, item: string) {
  return queryOptions({
    queryKey: itemKey(id, item),
    queryFn: ({ signal }): Promise<ItemDetail> =>
      whole(
        api.GET('/api/v1/datasets/{dataset_id}/items/{item_id}', {
          params: { path: { dataset_id: id, item_id: item } },
          signal,
        }),
      ),
  })
}

export function decide(id: string, item: string, choice: Choice): Promise<Item> {
  return whole(
    api.PATCH('/api/v1/datasets/{dataset_id}/items/{item_id}', {
      params: { path: { dataset_id: id, item_id: item } },
      body: choice,
    }),
  )
}

export function decideMany(id: string, items: readonly string[], choice: Choice): Promise<Item[]> {
  return whole(
    api.PATCH('/api/v1/datasets/{dataset_id}/items', {
      params: { path: { dataset_id: id } },
      body: { items: [...items], ...choice },
    }),
  )
}
