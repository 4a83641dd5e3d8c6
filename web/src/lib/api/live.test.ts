import { QueryClient } from '@tanstack/react-query'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { keys } from './keys'
import { Live } from './live'

/** A stream that the test writes to. */
function stream() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  const say = (text: string) => writer.write(new TextEncoder().encode(text))
  return { response: { ok: true, status: 200, body: readable } as Response, say, end: () => writer.close() }
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 5 })

let live: Live | undefined
afterEach(() => {
  live?.stop()
  vi.unstubAllGlobals()
})

function following(...streams: (ReturnType<typeof stream> | 'nobody')[]) {
  const asked: (string | undefined)[] = []
  let turn = 0
  vi.stubGlobal('fetch', async (_: string, { headers }: { headers: Record<string, string> }) => {
    asked.push(headers['Last-Event-ID'])
    const next = streams[turn]
    turn += 1
    if (!next || next === 'nobody') throw new TypeError('nobody there')
    return next.response
  })
  const queries = new QueryClient()
  const old = vi.spyOn(queries, 'invalidateQueries')
  live = new Live(queries)
  live.start()
  const invalidated = () =>
    old.mock.calls.map(([filters]) => JSON.stringify(filters?.queryKey ?? (filters?.predicate ? 'all' : 'none')))
  return { asked, queries, invalidated, live }
}

describe('live events', () => {
  it('put progress into the cache as it comes', async () => {
    const one = stream()
    const { queries } = following(one)
    await one.say('event: progress\ndata: {"task_id":"t","batch_task_id":null,"progress":0.5,"message":"saving"}\n\n')
    const running = () => queries.getQueryData(keys.running('t'))
    await until(() => expect(running()).toEqual({ progress: 0.5, message: 'saving', glimpse: null }))
    const path = '/api/v1/tasks/t/glimpse?number=2'
    await one.say(`event: progress\ndata: {"task_id":"t","progress":0.6,"glimpse_url":"${path}"}\n\n`)
    await until(() => expect(running()).toMatchObject({ progress: 0.6, glimpse: path }))
  })

  it('make a task old that changed, and lists a moment later, once for many', async () => {
    const one = stream()
    const { invalidated } = following(one)
    for (const id of ['a', 'b', 'c']) {
      await one.say(`id: 1\nevent: completed\ndata: {"task_id":"${id}","batch_task_id":"x"}\n\n`)
    }
    await until(() => expect(invalidated()).toContain('["task","c"]'))
    await until(() => expect(invalidated()).toContain('["tasks"]'))
    expect(invalidated().filter(one => one === '["tasks"]')).toHaveLength(1)
    expect(invalidated()).toEqual(expect.arrayContaining(['["task","a"]', '["batches"]', '["sums"]']))
  })

  it('go on after the last event when the connection was lost, and ask for all again', async () => {
    const [one, two] = [stream(), stream()]
    const { asked, invalidated, live } = following(one, 'nobody', two)
    await one.say('id: 41\nevent: completed\ndata: {"task_id":"a","batch_task_id":null}\n\n')
    await until(() => expect(invalidated()).toContain('["task","a"]'))
    await one.end()
    await until(() => expect(live.state()).toBe('lost'))
    await until(() => expect(asked).toEqual([undefined, '41', '41']))
    await until(() => expect(live.state()).toBe('live'))
    expect(invalidated().filter(one => one === '"all"')).toHaveLength(2)
  })

  it('make no alarm of a stream that ends once', async () => {
    const [one, two] = [stream(), stream()]
    const { asked, live } = following(one, two)
    const told: string[] = []
    live.subscribe(() => told.push(live.state()))
    await until(() => expect(live.state()).toBe('live'))
    await one.end()
    await until(() => expect(asked).toHaveLength(2))
    expect(told).not.toContain('lost')
  })

  it('hear events that come in pieces', async () => {
    const one = stream()
    const { queries } = following(one)
    for (const piece of ['event: pro', 'gress\nda', 'ta: {"task_id":"t","progress":0.2', '5}\n', '\n'])
      await one.say(piece)
    await until(() => expect(queries.getQueryData(keys.running('t'))).toMatchObject({ progress: 0.25, message: '' }))
  })
})
