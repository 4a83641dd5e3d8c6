// Import this before anything else of the page: its client takes `fetch` as it finds it.

type Answer = (asked: URL, method: string) => object | number

let answer: Answer = () => 404
let asked: string[] = []

/** In place of the service: gives what is answered, or a status without content. */
export function answering(by: Answer): void {
  answer = by
  asked = []
}

/** What was asked so far, as `GET /path?query`. */
export function askedSoFar(): readonly string[] {
  return asked
}

globalThis.fetch = async (target, init) => {
  const request = target instanceof Request ? target : null
  const url = new URL(request?.url ?? String(target), window.location.origin)
  const method = request?.method ?? init?.method ?? 'GET'
  asked.push(`${method} ${url.pathname}${url.search}`)
  const found = answer(url, method)
  if (typeof found !== 'number') return Response.json(found)
  if (found < 400) return new Response(null, { status: found })
  return Response.json({ error: { code: 'wrong_state', message: 'it runs' } }, { status: found })
}
