import createClient, { type Middleware } from 'openapi-fetch'
import { ServiceError } from '@/lib/api/errors'
import { base, credentials } from '@/lib/api/place'
import type { components, paths } from '@/lib/api/schema'
import { newId } from '@/lib/ids'

export type Schemas = components['schemas']

const showing: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(credentials())) request.headers.set(name, value)
    return request
  },
  async onResponse({ response }) {
    if (!response.ok) throw await ServiceError.of(response)
    return response
  },
  onError({ error }) {
    return ServiceError.away(error)
  },
}

/** Every route of the service, typed by its OpenAPI document. Answers that are errors are thrown as `ServiceError`. */
export const api = createClient<paths>({ baseUrl: base() || window.location.origin })
api.use(showing)

/** The content of an answer. What is no success was thrown before. */
export async function content<T>(answer: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await answer
  return data as T
}

/** A name under which a request is done once, however often it is sent. */
export function once(): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': newId() }
}
