import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ServiceError } from '@/lib/api/errors'
import type { Order } from '@/lib/draft'
import { type Entry, Outbox } from '@/lib/outbox'
import { type Service, type Upload, Uploads } from './Uploads'

const ORDER: Order = {
  recipe: { name: 'general', title: '', steps: [{ operation: 'upscale' }] },
  format: 'png',
  lossless: false,
  strip: 'none',
}

const photos = (...names: string[]) => names.map(name => ({ file: new File([name], name), folder: '' }))

/** A service whose answers the test gives, one by one. */
function desk(here = { page: 'here', base: '' }) {
  const sent: {
    name: string
    answer: (photo: string) => void
    fail: (error: unknown) => void
    signal: AbortSignal
  }[] = []
  const begun: Entry[] = []
  const cancelled: string[] = []
  const forgotten: string[] = []
  const fails: unknown[] = []
  const service: Service = {
    send: ({ name, signal }) =>
      new Promise((answer, fail) => {
        signal.addEventListener('abort', () => fail(new DOMException('stopped', 'AbortError')))
        sent.push({ name, answer: id => answer({ id, width: 4, height: 3 }), fail, signal })
      }),
    batch: async () => `batch-${forgotten.length}`,
    forget: batch => forgotten.push(batch),
    begin: async entry => {
      begun.push(entry)
      await hold.until
      const error = fails.shift()
      if (error) throw error
      return `task-${entry.name}`
    },
    cancel: async task => {
      cancelled.push(task)
    },
  }
  const hold = { until: Promise.resolve() }
  const tasks: string[] = []
  const outbox = new Outbox()
  const uploads = new Uploads(outbox, service, here, (_, task) => tasks.push(task))
  const add = (start: boolean, ...names: string[]) => uploads.add(photos(...names), { order: ORDER, start })
  const states = () => Object.fromEntries(uploads.view().map(one => [one.name, one.state]))
  return { sent, begun, cancelled, forgotten, fails, hold, tasks, outbox, uploads, add, states }
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 3000, interval: 5 })

beforeEach(async () => {
  const outbox = new Outbox()
  for (const one of await outbox.load()) await outbox.drop(one.id)
})
afterEach(() => vi.useRealTimers())

describe('uploads', () => {
  it('send three at a time, and each becomes a task as soon as it is there', async () => {
    const { sent, begun, tasks, uploads, add } = desk()
    add(true, 'a', 'b', 'c', 'd', 'e')
    await until(() => expect(sent.map(one => one.name)).toEqual(['a', 'b', 'c']))
    sent[1]?.answer('photo-b')
    await until(() => expect(tasks).toEqual(['task-b']))
    expect(begun[0]?.photo).toEqual({ id: 'photo-b', width: 4, height: 3 })
    expect(begun[0]?.batch).toBe('batch-0')
    await until(() => expect(sent.map(one => one.name)).toEqual(['a', 'b', 'c', 'd']))
    expect(uploads.view().map(one => one.name)).toEqual(['a', 'c', 'd', 'e'])
  })

  it('wait for the start where that is wanted, and begin with what is set then', async () => {
    const { sent, begun, uploads, add, states } = desk()
    add(false, 'a')
    await until(() => expect(sent).toHaveLength(1))
    sent[0]?.answer('photo-a')
    await until(() => expect(states()).toEqual({ a: 'sent' }))
    expect(begun).toEqual([])
    const other: Order = { ...ORDER, format: 'jpeg' }
    uploads.start(other)
    await until(() => expect(begun.map(one => one.order?.format)).toEqual(['jpeg']))
    expect(sent).toHaveLength(1)
  })

  it('keep what the service refuses, with the reason, and go on with the others', async () => {
    const { sent, tasks, uploads, add, states } = desk()
    add(true, 'good', 'bad')
    await until(() => expect(sent).toHaveLength(2))
    sent[1]?.fail(new ServiceError('broken_photo', 'the file ends too early', undefined, 422))
    sent[0]?.answer('photo')
    await until(() => expect(tasks).toEqual(['task-good']))
    expect(states()).toEqual({ bad: 'refused' })
    expect(uploads.view()[0]?.refused).toEqual({ code: 'broken_photo', message: 'the file ends too early' })
  })

  it('send again by itself what broke on the way', async () => {
    const { sent, tasks, add, states } = desk()
    add(true, 'a')
    await until(() => expect(sent).toHaveLength(1))
    sent[0]?.fail(new ServiceError('away', 'nobody answers', undefined, 0))
    await until(() => expect(states()).toEqual({ a: 'again' }))
    await until(() => expect(sent).toHaveLength(2))
    sent[1]?.answer('photo')
    await until(() => expect(tasks).toEqual(['task-a']))
  })

  it('try again at once when the connection is back', async () => {
    const { sent, add, states } = desk()
    add(true, 'a')
    await until(() => expect(sent).toHaveLength(1))
    sent[0]?.fail(new ServiceError('queue_full', 'much is waiting', undefined, 429, 3600))
    await until(() => expect(states()).toEqual({ a: 'again' }))
    window.dispatchEvent(new Event('online'))
    await until(() => expect(sent).toHaveLength(2))
  })

  it('go on after the page was closed: what was not sent is sent, and what was sent is not sent twice', async () => {
    const before = desk()
    before.add(true, 'a', 'b')
    await until(() => expect(before.sent).toHaveLength(2))
    await kept(before.outbox, 2)
    const [first, second] = before.uploads.view()
    // The page dies while `b` is there already, but before its task is made.
    if (second) await before.outbox.change({ ...entryOf(second), photo: { id: 'photo-b', width: 4, height: 3 } })

    const after = desk({ page: 'later', base: '' })
    await after.uploads.resume(new Set(['later']))
    await until(() => expect(after.sent.map(one => one.name)).toEqual(['a']))
    await until(() => expect(after.begun.map(one => one.id)).toEqual([second?.id]))
    after.sent[0]?.answer('photo-a')
    await until(() => expect(after.begun.map(one => one.id)).toEqual([second?.id, first?.id]))
    await until(async () => expect(await after.outbox.load()).toEqual([]))
  })

  it('leave to another page what that page sends, and are taken over by one alone', async () => {
    const gone = desk({ page: 'gone', base: '' })
    gone.add(true, 'theirs')
    await kept(gone.outbox, 1)
    const [here, there] = [desk(), desk({ page: 'there', base: '' })]
    await here.uploads.resume(new Set(['here', 'gone']))
    expect(here.uploads.view()).toEqual([])
    await Promise.all([here.uploads.resume(new Set(['here'])), there.uploads.resume(new Set(['there']))])
    expect([...here.uploads.view(), ...there.uploads.view()].map(one => one.name)).toEqual(['theirs'])
  })

  it('never go to another service than the one they were picked for', async () => {
    const one = desk({ page: 'one', base: '' })
    one.add(true, 'private')
    await kept(one.outbox, 1)
    const other = desk({ page: 'two', base: 'http://elsewhere:8000' })
    await other.uploads.resume(new Set())
    expect(other.uploads.view()).toEqual([])
    expect(other.sent).toEqual([])
  })

  it('go into a new batch where the one they were for is gone', async () => {
    const { sent, begun, fails, forgotten, tasks, add } = desk()
    fails.push(new ServiceError('unknown_batch', 'there is no batch', undefined, 404))
    add(true, 'a')
    await until(() => expect(sent).toHaveLength(1))
    sent[0]?.answer('photo')
    await until(() => expect(tasks).toEqual(['task-a']))
    expect(forgotten).toEqual(['batch-0'])
    expect(begun.map(one => one.batch)).toEqual(['batch-0', 'batch-1'])
    expect(sent).toHaveLength(1)
  })

  it('send again what the service has thrown away, and give up where that happens again and again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 1000 })
    const { sent, fails, add, states } = desk()
    for (let count = 0; count < 5; count += 1) fails.push(new ServiceError('not_found', 'no photo', undefined, 404))
    add(true, 'a')
    for (let count = 0; count < 4; count += 1) {
      await until(() => expect(sent).toHaveLength(count + 1))
      sent[count]?.answer(`photo-${count}`)
    }
    await until(() => expect(states()).toEqual({ a: 'refused' }))
    expect(sent).toHaveLength(4)
  })

  it('wait while the same request is being answered', async () => {
    const { sent, begun, fails, tasks, add } = desk()
    fails.push(new ServiceError('being_answered', 'right now', undefined, 409, 1))
    add(true, 'a')
    await until(() => expect(sent).toHaveLength(1))
    sent[0]?.answer('photo')
    await until(() => expect(tasks).toEqual(['task-a']))
    expect(begun.map(one => one.id)).toEqual([begun[0]?.id, begun[0]?.id])
  })

  it('cancel the task of a photo that was taken away while it was being accepted', async () => {
    const { sent, begun, cancelled, tasks, hold, uploads, add } = desk()
    let accept: () => void = () => undefined
    hold.until = new Promise(resolve => {
      accept = resolve
    })
    add(true, 'a')
    await until(() => expect(sent).toHaveLength(1))
    sent[0]?.answer('photo')
    await until(() => expect(begun).toHaveLength(1))
    uploads.remove(uploads.view()[0]?.id ?? '')
    accept()
    await until(() => expect(cancelled).toEqual(['task-a']))
    expect(tasks).toEqual([])
  })

  it('stop what is taken away while it is on its way', async () => {
    const { sent, uploads, add, outbox } = desk()
    add(true, 'a')
    await until(() => expect(sent).toHaveLength(1))
    uploads.remove(uploads.view()[0]?.id ?? '')
    expect(sent[0]?.signal.aborted).toBe(true)
    expect(uploads.view()).toEqual([])
    await until(async () => expect(await outbox.load()).toEqual([]))
  })

  it('try again what was refused, with what is set by then', async () => {
    const { sent, begun, uploads, add, states } = desk()
    add(true, 'a')
    await until(() => expect(sent).toHaveLength(1))
    sent[0]?.fail(new ServiceError('upload_too_large', 'too large', undefined, 413))
    await until(() => expect(states()).toEqual({ a: 'refused' }))
    uploads.retry(uploads.view()[0]?.id ?? '', { ...ORDER, format: 'webp' })
    await until(() => expect(sent).toHaveLength(2))
    sent[1]?.answer('photo')
    await until(() => expect(begun[0]?.order?.format).toBe('webp'))
  })
})

async function kept(outbox: Outbox, count: number): Promise<void> {
  await until(async () => expect(await outbox.load()).toHaveLength(count))
  await until(() => expect(outbox.unkept.size).toBe(0))
}

function entryOf(upload: Upload): Entry {
  const { state: _state, share: _share, trouble: _trouble, ...entry } = upload
  return entry
}
