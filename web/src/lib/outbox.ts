import { type DBSchema, openDB } from 'idb'
import type { Order } from '@/lib/draft'

/** A photo that was picked and is not yet a task. */
export interface Entry {
  /** Its name here, and the name under which its task is accepted once. */
  id: string
  /** The page that sends it. */
  page: string
  /** The service it is for, and who picked it there: see `home()`. */
  base: string
  /** The batch it will belong to; `null` until it is begun, or when the one it was for is gone. */
  batch: string | null
  /** Name of its file. */
  name: string
  /** Folder it was picked from, if any. */
  folder: string
  size: number
  /** When the file was last changed; with name and size it tells files apart. */
  changed: number
  addedAt: number
  /** What is to be done with it; `null` = what is usual, where nothing was set yet. */
  order: Order | null
  /** Whether that begins as soon as it is uploaded. */
  start: boolean
  /** The uploaded photo; `null` until then. */
  photo: Sent | null
  /** Why the service does not want it. */
  refused: { code: string; message: string } | null
}

/** What the service says of an uploaded photo. */
export interface Sent {
  id: string
  /** Pixels across and down, upright. */
  width: number
  height: number
}

interface Kept extends DBSchema {
  entries: { key: string; value: Entry }
  files: { key: string; value: Blob }
}

const open = () =>
  openDB<Kept>('safelight', 1, {
    upgrade(database) {
      database.createObjectStore('entries', { keyPath: 'id' })
      database.createObjectStore('files')
    },
  })

/**
 * What waits to be sent, kept in the browser so that a closed tab loses nothing.
 *
 * A browser may refuse to keep it (private windows, no room): then it is only in memory, and the browser asks before the
 * page is left.
 */
export class Outbox {
  private readonly database = open()
  /** Copies of large files are written one after the other. */
  private line: Promise<unknown> = Promise.resolve()
  /** Entries whose file is not kept: not yet, or not at all. */
  readonly unkept = new Set<string>()

  async load(): Promise<Entry[]> {
    try {
      const entries = await (await this.database).getAll('entries')
      return entries.sort((a, b) => a.addedAt - b.addedAt || a.id.localeCompare(b.id))
    } catch {
      return []
    }
  }

  /** Keep an entry with its file; tells whether it is kept. */
  add(entry: Entry, file: Blob): Promise<boolean> {
    this.unkept.add(entry.id)
    const adding = this.line.then(async () => {
      // It may be gone before its turn came.
      if (!this.unkept.has(entry.id)) return false
      try {
        const writing = (await this.database).transaction(['entries', 'files'], 'readwrite')
        await Promise.all([
          writing.objectStore('entries').put(entry),
          writing.objectStore('files').put(file, entry.id),
          writing.done,
        ])
        return this.unkept.delete(entry.id)
      } catch {
        return false
      }
    })
    this.line = adding
    return adding
  }

  /** Keep an entry as it is now; one that is gone stays gone. */
  async change(entry: Entry): Promise<void> {
    await this.exchange(entry.id, () => entry)
  }

  /** Take an entry over from a page that is gone; `false` if somebody else was faster. */
  async claim({ id, page }: Entry, by: string): Promise<boolean> {
    return this.exchange(id, kept => (kept.page === page ? { ...kept, page: by } : null))
  }

  async file(id: string): Promise<Blob | undefined> {
    try {
      return await (await this.database).get('files', id)
    } catch {
      return undefined
    }
  }

  async drop(id: string): Promise<void> {
    this.unkept.delete(id)
    try {
      const writing = (await this.database).transaction(['entries', 'files'], 'readwrite')
      await Promise.all([
        writing.objectStore('entries').delete(id),
        writing.objectStore('files').delete(id),
        writing.done,
      ])
    } catch {
      // What could not be kept need not be dropped.
    }
  }

  private async exchange(id: string, change: (kept: Entry) => Entry | null): Promise<boolean> {
    try {
      const writing = (await this.database).transaction('entries', 'readwrite')
      const kept = await writing.store.get(id)
      const next = kept ? change(kept) : null
      if (next) await writing.store.put(next)
      await writing.done
      return next !== null
    } catch {
      return false
    }
  }
}
