import type { Schemas } from '@/lib/api/client'
import { datasetOf } from '@/lib/data/datasetOf'

export type Task = Schemas['FullTaskView']

/** What the history keeps of a task: of a hundred thousand there is room for this much, and not for all. */
export interface Row {
  id: string
  name: string
  status: Task['status']
  /** When it was accepted, and on which day that was here. */
  at: string
  day: string
  preset: string
  operation: string
  style: string
  before: { width: number; height: number; bytes: number | null } | null
  after: { width: number; height: number; bytes: number | null } | null
  seconds: number | null
  thumbnail: string | null
  originalThumbnail: string | null
  result: string | null
  pinned: boolean
  batch: string | null
  /** The dataset that it builds; null where it works on a photo. */
  dataset: string | null
  errorCode: string | null
  error: string | null
  progress: number
  message: string
  /** When this was heard, in ms. */
  heard: number
}

const ENDED: readonly Task['status'][] = ['completed', 'failed', 'cancelled']

export function hasEnded(row: { status: Task['status'] }): boolean {
  return ENDED.includes(row.status)
}

export function rowOf(task: Task, heard = Date.now()): Row {
  const { width, height, bytes } = (task.result ?? {}) as { width?: unknown; height?: unknown; bytes?: unknown }
  const after = typeof width === 'number' && typeof height === 'number'
  return {
    id: task.task_id,
    name: task.filename,
    status: task.status,
    at: task.created_at,
    day: dayOf(task.created_at),
    preset: task.facts.preset,
    operation: task.facts.operation,
    style: task.facts.style,
    before:
      task.input_width && task.input_height
        ? { width: task.input_width, height: task.input_height, bytes: task.input_bytes }
        : null,
    after: after ? { width, height, bytes: typeof bytes === 'number' ? bytes : null } : null,
    seconds: task.seconds,
    thumbnail: task.thumbnail_url,
    originalThumbnail: task.original_thumbnail_url,
    result: task.result_url,
    pinned: task.pinned,
    batch: task.batch_task_id,
    dataset: datasetOf(task),
    errorCode: task.error_code,
    error: task.error,
    progress: task.progress,
    message: task.message,
    heard,
  }
}

/** Where more is to be seen of it. */
export function pathOf({ id, dataset }: Pick<Row, 'id' | 'dataset'>): string {
  return dataset === null ? `/photos/${id}` : `/datasets/${dataset}`
}

/** The day of a point in time, where the person is: `2026-11-22`. */
export function dayOf(at: string): string {
  const then = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`
}

/** A page of the history as it is kept. */
export interface RowPage {
  rows: Row[]
  next: string | null
}

/** All rows of all pages, each once: a task may come twice where the list grew between two pages. */
export function flat(pages: readonly RowPage[]): Row[] {
  const seen = new Set<string>()
  const all: Row[] = []
  for (const page of pages) {
    for (const row of page.rows) {
      if (seen.has(row.id)) continue
      seen.add(row.id)
      all.push(row)
    }
  }
  return all
}

/** What came since the list was read. */
export interface Fresh {
  rows: Row[]
  /** Whether there may be more in between, so that the list begins anew. */
  gap: boolean
}

/** Compare the newest tasks with the list as it was read. */
export function freshOf(head: RowPage | undefined, rows: readonly Row[]): Fresh {
  if (!head) return { rows: [], gap: false }
  const known = new Set(rows.slice(0, 10 * head.rows.length).map(row => row.id))
  const fresh = head.rows.filter(row => !known.has(row.id))
  return { rows: fresh, gap: fresh.length > 0 && fresh.length === head.rows.length && head.next !== null }
}

/** Take in what is new. A state that is searched for may come to an older task late: all stand by their time. */
export function withFresh(pages: readonly RowPage[], fresh: readonly Row[]): RowPage[] {
  const [first = { rows: [], next: null }, ...rest] = pages
  const known = new Set(first.rows.map(row => row.id))
  const rows = [...fresh.filter(row => !known.has(row.id)), ...first.rows]
  return [{ ...first, rows: rows.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)) }, ...rest]
}

/** Change some rows, or take them away by giving null. Pages without any of them stay the same objects. */
export function changed(
  pages: readonly RowPage[],
  ids: ReadonlySet<string>,
  change: (row: Row) => Row | null,
): RowPage[] {
  return pages.map(page =>
    page.rows.some(row => ids.has(row.id))
      ? { ...page, rows: page.rows.flatMap(row => (ids.has(row.id) ? (change(row) ?? []) : row)) }
      : page,
  )
}
