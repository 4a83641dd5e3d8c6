import { api, content, type Schemas } from '@/lib/api/client'
import type { Order } from '@/lib/draft'
import { newId } from '@/lib/ids'

type Made = Schemas['FullTaskView']

interface Asked {
  order: Order
  batch: string
  /** An uploaded photo, or an earlier task whose photo is taken again. */
  of: { photo: string } | { task: string }
  /** Asked again under the same name, it is the same task. */
  name?: string
}

/** Make a task. */
export function createTask({ order, batch, of, name = newId() }: Asked): Promise<Made> {
  const body = { ...order, ...of, batch }
  return content(
    api.POST('/api/v1/tasks', { body: body as never, params: { header: { 'Idempotency-Key': name } } }) as Promise<{
      data?: Made
      response: Response
    }>,
  )
}
