import { queryOptions } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import type { Order } from '@/lib/draft'
import { newId } from '@/lib/ids'
import type { Subject } from './planOrder'

export type Preview = Schemas['PreviewView']

/** A part of a photo, in shares of its width and height. */
export interface Region {
  left: number
  top: number
  width: number
  height: number
}

/** Names this page, so that a newer preview of it cancels the older. */
const PAGE = newId()

/** What a part of a photo would look like; `region` null = a small copy of all of it. */
export function previewOptions(order: Order, subject: Subject, region: Region | null) {
  return queryOptions({
    queryKey: ['preview', order, subject, region] as const,
    queryFn: ({ signal }): Promise<Preview> =>
      content(
        api.POST('/api/v1/preview', {
          body: { ...order, ...subject, page: PAGE, ...(region ? { region } : {}) } as never,
          signal,
        }),
      ),
    // Its picture goes some minutes after it was made.
    staleTime: 120_000,
    gcTime: 180_000,
    retry: false,
  })
}
