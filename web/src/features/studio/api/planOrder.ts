import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Order } from '@/lib/draft'

export type Plan = Schemas['PlanView']

/** What a photo is called at the service. */
export type Subject = { photo: string } | { task: string }

/** What would be done with a photo: signature, forecast, warnings. */
export function planOptions(order: Order, subject: Subject | null) {
  return queryOptions({
    queryKey: keys.plan({ order, subject }),
    queryFn: ({ signal }): Promise<Plan> =>
      content(api.POST('/api/v1/plan', { body: { ...order, ...subject } as never, signal })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: 1,
  })
}
