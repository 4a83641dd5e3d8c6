import { useSyncExternalStore } from 'react'
import { ServiceError } from '@/lib/api/errors'
import { base, credentials } from '@/lib/api/place'
import { newId } from '@/lib/ids'

/** A file on its way into a dataset. */
export interface Upload {
  id: string
  dataset: string
  name: string
  size: number
  state: 'waiting' | 'sending' | 'again' | 'refused'
  /** Share of it that was sent, 0-1. */
  share: number
  /** Why it was refused, or has to be tried again. */
  trouble: ServiceError | null
}

interface Sending {
  dataset: string
  file: File
  signal: AbortSignal
  onProgress: (share: number) => void
}

export type Send = (sending: Sending) => Promise<void>

const AT_ONCE = 3
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000
const TOLD_MS = 100

/**
 * Sends files into datasets, three at a time, whatever place is shown.
 *
 * What breaks is sent again by itself; what the service does not take stays with its reason, and what it took is gone
 * from here. Files live as long as the page does: it asks before it is left.
 */
export class DatasetUploads {
  private uploads: readonly Upload[] = []
  private readonly files = new Map<string, File>()
  private readonly running = new Map<string, AbortController>()
  private readonly tries = new Map<string, number>()
  private readonly listeners = new Set<() => void>()
  private told = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  private readonly takers = new Set<(dataset: string) => void>()

  constructor(private readonly send: Send) {
    window.addEventListener('online', () => this.hurry())
    window.addEventListener('beforeunload', event => {
      if (this.uploads.some(one => one.state !== 'refused')) event.preventDefault()
    })
  }

  /** Told of each file that was taken; gives what ends that. */
  onTaken = (taker: (dataset: string) => void): (() => void) => {
    this.takers.add(taker)
    return () => this.takers.delete(taker)
  }

  view = (): readonly Upload[] => this.uploads

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  add(dataset: string, files: readonly File[]): void {
    const added = files.map((file): Upload => {
      const id = newId()
      this.files.set(id, file)
      return { id, dataset, name: file.name, size: file.size, state: 'waiting', share: 0, trouble: null }
    })
    this.set([...this.uploads, ...added])
    this.next()
  }

  retry(id: string): void {
    this.tries.delete(id)
    this.change(id, { state: 'waiting', share: 0, trouble: null })
    this.next()
  }

  remove(id: string): void {
    this.running.get(id)?.abort()
    this.files.delete(id)
    this.set(this.uploads.filter(one => one.id !== id))
    this.next()
  }

  private next(): void {
    for (const one of this.uploads) {
      if (this.running.size >= AT_ONCE) return
      if (one.state === 'waiting' && !this.running.has(one.id)) void this.work(one)
    }
  }

  private async work({ id, dataset }: Upload): Promise<void> {
    const file = this.files.get(id)
    if (!file) return
    const stop = new AbortController()
    this.running.set(id, stop)
    this.change(id, { state: 'sending', share: 0, trouble: null })
    try {
      const onProgress = (share: number) => this.progress(id, share)
      await this.send({ dataset, file, signal: stop.signal, onProgress })
      this.files.delete(id)
      this.set(this.uploads.filter(one => one.id !== id))
      for (const taker of this.takers) taker(dataset)
    } catch (error) {
      if (stop.signal.aborted) return
      const trouble = error instanceof ServiceError ? error : new ServiceError('internal', String(error), undefined, 0)
      if (trouble.passing) this.later(id, trouble)
      else this.change(id, { state: 'refused', trouble })
    } finally {
      this.running.delete(id)
      this.next()
    }
  }

  private later(id: string, trouble: ServiceError): void {
    const tried = this.tries.get(id) ?? 0
    this.tries.set(id, tried + 1)
    this.change(id, { state: 'again', share: 0, trouble })
    const wait = trouble.retryAfter ? trouble.retryAfter * 1000 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tried)
    setTimeout(() => this.again(id), wait)
  }

  private again(id: string): void {
    if (this.uploads.find(one => one.id === id)?.state !== 'again') return
    this.change(id, { state: 'waiting' })
    this.next()
  }

  private hurry(): void {
    for (const one of this.uploads) if (one.state === 'again') this.again(one.id)
  }

  private change(id: string, changed: Partial<Upload>): void {
    this.set(this.uploads.map(one => (one.id === id ? { ...one, ...changed } : one)))
  }

  private progress(id: string, share: number): void {
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

interface Answer {
  filename?: string
  accepted?: boolean
  error?: string | null
}

/**
 * Send one file into a dataset.
 *
 * @throws ServiceError it was refused, or nobody answered.
 */
export const sendFile: Send = ({ dataset, file, signal, onProgress }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const form = new FormData()
    form.append('files', file, file.name)
    request.open('POST', `${base()}/api/v1/datasets/${dataset}/photos`)
    for (const [header, value] of Object.entries(credentials())) request.setRequestHeader(header, value)
    request.responseType = 'json'
    request.upload.onprogress = event => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onload = () => {
      const retryAfter = request.getResponseHeader('Retry-After')
      const first = Array.isArray(request.response) ? (request.response as Answer[])[0] : undefined
      if (request.status !== 201) reject(ServiceError.from(request.response ?? {}, request.status, retryAfter))
      else if (first?.accepted) resolve()
      else reject(new ServiceError('not_taken', first?.error ?? '', undefined, 422))
    }
    request.onerror = () => reject(ServiceError.away(new TypeError('connection')))
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    if (signal.aborted) reject(new DOMException('stopped', 'AbortError'))
    else request.send(form)
  })

export const uploads = new DatasetUploads(sendFile)

/** What is on its way into a dataset. */
export function useUploads(dataset: string): readonly Upload[] {
  const all = useSyncExternalStore(uploads.subscribe, uploads.view)
  return all.filter(one => one.dataset === dataset)
}
