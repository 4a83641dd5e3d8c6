import { ServiceError } from '@/lib/api/errors'
import type { Order } from '@/lib/draft'
import { newId } from '@/lib/ids'
import type { Entry, Outbox, Sent } from '@/lib/outbox'
import type { Picked } from './picking'

/** How far an entry is. */
export interface Upload extends Entry {
  state: 'waiting' | 'sending' | 'again' | 'sent' | 'refused'
  /** Share of the file that was sent, 0-1. */
  share: number
  /** Why it has to be tried again. */
  trouble: ServiceError | null
}

export interface Service {
  send(sending: { name: string; file: Blob; signal: AbortSignal; onProgress: (share: number) => void }): Promise<Sent>
  /** The batch that new photos belong to. */
  batch(): Promise<string>
  /** A batch is gone: nothing more belongs to it. */
  forget(batch: string): void
  /** Make the task of a photo that was sent; gives its id. */
  begin(entry: Entry & { batch: string; photo: Sent }): Promise<string>
  /** Stop a task that nobody wants any more. */
  cancel(task: string): Promise<void>
}

const AT_ONCE = 3
const LONGEST_WAIT_MS = 15_000
const MOST_LOST = 3
const TOLD_MS = 100

/**
 * Sends photos, three at a time, and makes a task of each as soon as it is there.
 *
 * What breaks is sent again by itself; what the service does not want stays with its reason. A view of it is a new
 * array at every change, ten times a second at most while photos are on their way.
 */
export class Uploads {
  private uploads: readonly Upload[] = []
  private readonly listeners = new Set<() => void>()
  private readonly running = new Map<string, AbortController>()
  private readonly tries = new Map<string, number>()
  private readonly lost = new Map<string, number>()
  private readonly removed = new Set<string>()
  private readonly files = new Map<string, Blob>()
  private told = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly outbox: Outbox,
    private readonly service: Service,
    /** The name of this page among those that share the outbox, and the service that it works with. */
    private readonly here: { page: string; base: string },
    /** Told when an upload has become a task. */
    private readonly onTask: (upload: Upload, taskId: string) => void,
  ) {
    window.addEventListener('online', () => this.hurry())
    // Only the browser's own question keeps somebody from leaving what would be lost.
    window.addEventListener('beforeunload', event => {
      if (this.uploads.some(one => outbox.unkept.has(one.id))) event.preventDefault()
    })
  }

  view = (): readonly Upload[] => this.uploads

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Go on with what pages that are gone have left; what is for another service waits until that one is worked with. */
  async resume(living: ReadonlySet<string>): Promise<void> {
    const left = (await this.outbox.load()).filter(
      one => one.base === this.here.base && one.page !== this.here.page && !living.has(one.page),
    )
    for (const one of left) {
      if (!(await this.outbox.claim(one, this.here.page)) || this.removed.has(one.id)) continue
      this.set([...this.uploads, uploadOf({ ...one, page: this.here.page })])
    }
    this.next()
  }

  /** Take photos; gives them as they are now. */
  add(picked: readonly Picked[], { order, start }: { order: Order | null; start: boolean }): readonly Upload[] {
    const at = Date.now()
    const added = picked.map(({ file, folder }, index) => {
      const entry: Entry = {
        ...this.here,
        id: newId(),
        batch: null,
        name: file.name,
        folder,
        size: file.size,
        changed: file.lastModified,
        addedAt: at + index / 10_000,
        order,
        start,
        photo: null,
        refused: null,
      }
      this.files.set(entry.id, file)
      // A kept copy is better than a file that may be changed or pulled out.
      void this.outbox.add(entry, file).then(kept => kept && this.files.delete(entry.id))
      return uploadOf(entry)
    })
    this.set([...this.uploads, ...added])
    this.next()
    return added
  }

  /** Begin what was sent and waits for that, with what is set now. */
  start(order: Order): void {
    for (const one of this.uploads) if (!one.start) this.change(one.id, { start: true, order })
    this.next()
  }

  /** Try again what was refused, with what is set now. */
  retry(id: string, order: Order | null): void {
    const before = this.find(id)
    if (!before) return
    this.tries.delete(id)
    this.lost.delete(id)
    this.change(id, { refused: null, order, start: true, state: before.photo ? 'sent' : 'waiting' })
    this.next()
  }

  remove(id: string): void {
    this.removed.add(id)
    this.running.get(id)?.abort()
    this.files.delete(id)
    this.tries.delete(id)
    this.lost.delete(id)
    void this.outbox.drop(id)
    this.set(this.uploads.filter(one => one.id !== id))
  }

  clear(): void {
    for (const one of this.uploads) this.remove(one.id)
  }

  private next(): void {
    for (const one of this.uploads) {
      if (this.running.size >= AT_ONCE) return
      const ready = one.state === 'waiting' || (one.state === 'sent' && one.start)
      if (ready && !this.running.has(one.id)) void this.work(one.id)
    }
  }

  private async work(id: string): Promise<void> {
    const stop = new AbortController()
    this.running.set(id, stop)
    try {
      await this.sent(id, stop.signal)
      await this.begun(id)
    } catch (error) {
      this.broke(id, error)
    } finally {
      this.running.delete(id)
      this.next()
    }
  }

  private async sent(id: string, signal: AbortSignal): Promise<void> {
    const entry = this.find(id)
    if (!entry || entry.photo !== null) return
    const file = this.files.get(id) ?? (await this.outbox.file(id))
    if (!file) throw new ServiceError('unreadable_photo', 'the file is gone; pick it again', undefined, 400)
    this.change(id, { state: 'sending', share: 0, trouble: null })
    const photo = await this.service.send({
      name: entry.name,
      file,
      signal,
      onProgress: share => this.progress(id, share),
    })
    this.change(id, { photo, state: 'sent', share: 1 })
  }

  private async begun(id: string): Promise<void> {
    if (!this.find(id)?.start) return
    if (this.find(id)?.batch === null) this.change(id, { batch: await this.service.batch() })
    const entry = this.find(id)
    if (!entry?.batch || !entry.photo) return
    const task = await this.service.begin({ ...entry, batch: entry.batch, photo: entry.photo })
    if (this.removed.has(id)) {
      // It was taken off the table while it was being accepted.
      await this.service.cancel(task)
      return
    }
    this.onTask(entry, task)
    this.remove(id)
  }

  private broke(id: string, error: unknown): void {
    const entry = this.find(id)
    if (!entry || (error instanceof DOMException && error.name === 'AbortError')) return
    const known = error instanceof ServiceError ? error : new ServiceError('internal', String(error), undefined, 500)
    const lost = this.lost.get(id) ?? 0
    if (known.code === 'unknown_batch' && entry.batch !== null && lost < MOST_LOST) {
      // It was deleted, or was empty for too long: what waits for it goes into the next one.
      this.service.forget(entry.batch)
      this.lost.set(id, lost + 1)
      this.later(id, known, { batch: null })
    } else if (known.code === 'not_found' && entry.photo !== null && lost < MOST_LOST) {
      // The service keeps photos that nobody needs for a day only; the file is here until its task is.
      this.lost.set(id, lost + 1)
      this.later(id, known, { photo: null, share: 0 })
    } else if (known.passing || known.status === 401) {
      this.later(id, known, {})
    } else {
      this.change(id, { state: 'refused', refused: { code: known.code, message: known.message }, trouble: null })
    }
  }

  /** Try again by itself, after a while that grows. */
  private later(id: string, trouble: ServiceError, changed: Partial<Upload>): void {
    const count = (this.tries.get(id) ?? 0) + 1
    this.tries.set(id, count)
    this.change(id, { ...changed, state: 'again', trouble })
    const said = (trouble.retryAfter ?? 0) * 1000
    setTimeout(() => this.again(id), Math.max(said, Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (count - 1))))
  }

  private again(id: string): void {
    const entry = this.find(id)
    if (entry?.state !== 'again') return
    this.change(id, { state: entry.photo === null ? 'waiting' : 'sent' })
    this.next()
  }

  private hurry(): void {
    for (const one of this.uploads) this.again(one.id)
  }

  private find(id: string): Upload | undefined {
    return this.uploads.find(one => one.id === id)
  }

  private change(id: string, changed: Partial<Upload>): void {
    const before = this.find(id)
    if (!before) return
    const after = { ...before, ...changed }
    this.set(this.uploads.map(one => (one.id === id ? after : one)))
    const kept = ['photo', 'refused', 'start', 'batch'].some(name => name in changed)
    if (kept) void this.outbox.change(entryOf(after))
  }

  private progress(id: string, share: number): void {
    if (!this.find(id)) return
    this.uploads = this.uploads.map(one => (one.id === id ? { ...one, share } : one))
    const wait = this.told + TOLD_MS - Date.now()
    if (wait <= 0) this.tell()
    else this.timer ??= setTimeout(() => this.tell(), wait)
  }

  private set(uploads: readonly Upload[]): void {
    this.uploads = uploads
    this.tell()
  }

  private tell(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.told = Date.now()
    for (const listener of this.listeners) listener()
  }
}

function uploadOf(entry: Entry): Upload {
  const state = entry.refused ? 'refused' : entry.photo !== null ? 'sent' : 'waiting'
  return { ...entry, state, share: entry.photo === null ? 0 : 1, trouble: null }
}

function entryOf({ state: _state, share: _share, trouble: _trouble, ...entry }: Upload): Entry {
  return entry
}
