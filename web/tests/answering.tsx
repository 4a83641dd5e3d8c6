import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { configure, render } from '@testing-library/react'
import type { ReactElement } from 'react'
import { Toasts } from '@/components/ui/Toasts'
import type { Account } from '@/lib/data/useSession'

// Import this file for its effect before anything else of the page: its client takes `fetch` as it finds it.

// A busy machine is no reason to fail.
configure({ asyncUtilTimeout: 4000 })

// What jsdom lacks and the router asks for.
window.scrollTo = () => undefined

interface Asked {
  method: string
  path: string
  /** What follows the path, with its question mark. */
  query: string
  body: unknown
  headers: Headers
}

type Answer = (asked: Asked) => unknown
type Answers = Record<string, Answer | object>

let answers: Answers = {}
let asked: Asked[] = []

/** An answer that is not 200. */
export class Status {
  constructor(
    readonly status: number,
    readonly body: object = {},
  ) {}
}

export function refusal(status: number, code: string, message: string): Status {
  return new Status(status, { error: { code, message, details: {} }, detail: message })
}

/** What the service says of who this is; without more somebody who may do everything, and need not say who they are. */
export function account(more: Partial<Account> = {}): Account {
  const scopes: Account['scopes'] = ['tasks:read', 'tasks:write', 'datasets', 'operate', 'admin']
  const usual = { accounts: false, signed_in: true, user: null, role: 'admin', via: 'loopback', acts: true, csrf: '' }
  return { ...usual, scopes, ...more } as Account
}

/** In place of the service: answers by `GET /path`. Whole addresses are those of another one. */
export function answering(by: Answers): void {
  answers = by
  asked = []
}

export function answerAlso(by: Answers): void {
  answers = { ...answers, ...by }
}

/** What was asked so far, by the same names. */
export function askedFor(name: string): Asked[] {
  return asked.filter(one => `${one.method} ${one.path}` === name)
}

globalThis.fetch = async (target, init) => {
  const request = target instanceof Request ? target : null
  const url = new URL(request?.url ?? String(target), window.location.origin)
  const path = decodeURIComponent(url.origin === window.location.origin ? url.pathname : url.origin + url.pathname)
  const text = request ? await request.text() : String(init?.body ?? '')
  const one: Asked = {
    method: request?.method ?? init?.method ?? 'GET',
    path,
    query: url.search,
    body: text ? JSON.parse(text) : null,
    headers: request?.headers ?? new Headers(init?.headers),
  }
  asked.push(one)
  const found = answers[`${one.method} ${path}`]
  if (found === undefined) throw new TypeError('Failed to fetch')
  const said = typeof found === 'function' ? await (found as Answer)(one) : found
  return said instanceof Status ? Response.json(said.body, { status: said.status }) : Response.json(said)
}

/** Show a part of the page with what is around every page. */
export function show(part: ReactElement): { queries: QueryClient; unmount: () => void } {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } })
  const root = createRootRoute({ component: () => part, notFoundComponent: () => part })
  const router = createRouter({ routeTree: root, history: createMemoryHistory({ initialEntries: ['/'] }) })
  const { unmount } = render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router as never} />
      <Toasts />
    </QueryClientProvider>,
  )
  return { queries, unmount }
}
