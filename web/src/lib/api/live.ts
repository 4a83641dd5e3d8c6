import type { Query, QueryClient } from '@tanstack/react-query'
import { createParser } from 'eventsource-parser'
import { useSyncExternalStore } from 'react'
import { keys } from '@/lib/api/keys'
import { base, credentials } from '@/lib/api/place'

/** What an event says; see `GET /events`. */
interface Told {
  task_id: string
  batch_task_id: string | null
  progress?: number
  message?: string
  glimpse_url?: string
}

/** How far a task is that runs now. */
export interface Running {
  progress: number
  message: string
  /** Where it can be seen what it looks like so far; another address for each picture. */
  glimpse?: string | null
}

type Connection = 'connecting' | 'live' | 'lost'

const LISTS_MS = 1000
const SILENCE_MS = 40_000
const LONGEST_WAIT_MS = 15_000
const HIDDEN_MS = 20_000

/**
 * Follows everything that happens, and brings the query cache up to date: one stream for the whole page.
 *
 * It goes on after the last event that came, whatever happened meanwhile: a laptop that slept, a service that was
 * started anew. States are asked for again; progress is put into the cache as it comes.
 */
export class Live {
  private cursor: string | null = null
  private connection: Connection = 'connecting'
  private waits = 0
  private gap = false
  private stopped = new AbortController()
  private flush: ReturnType<typeof setTimeout> | undefined
  private readonly listeners = new Set<() => void>()

  constructor(private readonly queries: QueryClient) {}

  start(): void {
    this.stopped = new AbortController()
    window.addEventListener('online', this.hurry, { signal: this.stopped.signal })
    document.addEventListener('visibilitychange', this.hurry, { signal: this.stopped.signal })
    void this.follow(this.stopped.signal)
  }

  stop(): void {
    this.stopped.abort()
    clearTimeout(this.flush)
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  state = (): Connection => this.connection

  private wake: () => void = () => undefined
  private hurry = () => {
    if (document.visibilityState === 'visible') this.wake()
  }

  private async follow(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      await this.seen(stopped)
      const ended = new AbortController()
      const stop = () => ended.abort()
      const hide = () => {
        clearTimeout(hidden)
        if (document.visibilityState === 'hidden') hidden = setTimeout(stop, HIDDEN_MS)
      }
      let hidden: ReturnType<typeof setTimeout> | undefined
      hide()
      stopped.addEventListener('abort', stop)
      document.addEventListener('visibilitychange', hide)
      try {
        await this.listen(ended)
      } catch {
        // What it was does not matter: the wait below is the answer. One end of a stream is nothing; two in a row are.
        if (this.waits > 0 && !ended.signal.aborted) this.tell('lost')
      }
      clearTimeout(hidden)
      document.removeEventListener('visibilitychange', hide)
      stopped.removeEventListener('abort', stop)
      if (stopped.aborted) return
      this.gap = true
      await this.wait(Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.waits++))
    }
  }

  /** A browser keeps few connections to one place: pages that nobody looks at give theirs back. */
  private async seen(stopped: AbortSignal): Promise<void> {
    while (document.visibilityState === 'hidden' && this.gap && !stopped.aborted) await this.wait(HIDDEN_MS)
  }

  private async listen(ended: AbortController): Promise<void> {
    const headers: Record<string, string> = { Accept: 'text/event-stream', ...credentials() }
    if (this.cursor !== null) headers['Last-Event-ID'] = this.cursor
    // The service says something at least every 15 seconds: longer silence means that nobody is there.
    let silence = setTimeout(() => ended.abort(), SILENCE_MS)
    const response = await fetch(`${base()}/api/v1/events`, { headers, signal: ended.signal, cache: 'no-store' })
    if (!response.ok || response.body === null) {
      clearTimeout(silence)
      if (response.status === 401) void this.queries.invalidateQueries({ queryKey: keys.session() })
      throw new Error(`${response.status}`)
    }
    const parser = createParser({ onEvent: event => this.hear(event.id, event.event, event.data) })
    this.tell('live')
    // What was asked before the stream began may be old by now; after a gap anything may be.
    void this.queries.invalidateQueries({ predicate: query => mayHaveChanged(query, this.gap) })
    this.gap = false
    this.waits = 0
    const reader = response.body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        clearTimeout(silence)
        silence = setTimeout(() => ended.abort(), SILENCE_MS)
        parser.feed(value)
      }
    } finally {
      clearTimeout(silence)
      ended.abort()
    }
  }

  private hear(id: string | undefined, type: string | undefined, data: string): void {
    if (id) this.cursor = id
    const told = JSON.parse(data) as Told
    if (type === 'progress') {
      this.queries.setQueryData<Running>(keys.running(told.task_id), {
        progress: told.progress ?? 0,
        message: told.message ?? '',
        glimpse: told.glimpse_url ?? null,
      })
      return
    }
    void this.queries.invalidateQueries({ queryKey: keys.task(told.task_id) })
    this.flush ??= setTimeout(() => this.refresh(), LISTS_MS)
  }

  /** Lists and sums are asked for once a second at most, however much happens. */
  private refresh(): void {
    this.flush = undefined
    for (const queryKey of [keys.lists(), keys.batches(), keys.datasets(), keys.sums()])
      void this.queries.invalidateQueries({ queryKey })
  }

  private tell(connection: Connection): void {
    if (connection === this.connection) return
    this.connection = connection
    for (const listener of this.listeners) listener()
  }

  private wait(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

const ENDED = new Set(['completed', 'failed', 'cancelled'])
// Pictures never change, and a preview is asked for by whoever looks at it.
const LASTING = new Set(['picture', 'preview'])

/** Whether what is in the cache may be old. Before the first event tasks that had ended are as they were. */
function mayHaveChanged(query: Query, gap: boolean): boolean {
  const name = String(query.queryKey[0])
  if (LASTING.has(name)) return false
  const { status = '' } = (query.state.data ?? {}) as { status?: string }
  return gap || name !== keys.task('')[0] || !ENDED.has(status)
}

export function useConnection(live: Live): Connection {
  return useSyncExternalStore(live.subscribe, live.state)
}
