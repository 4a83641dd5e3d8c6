import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { ServiceError } from '@/lib/api/errors'
import { type BatchSummary, useBatchSummary } from '@/lib/data/useBatchSummary'
import type { Task } from '@/lib/data/useTask'
import type { Sent } from '@/lib/outbox'
import { setTable, useTable } from '@/lib/table'
import type { Subject } from './api/planOrder'
import { tableTasksOptions } from './api/tableTasks'
import { uploads } from './uploads/desk'
import type { Upload } from './uploads/Uploads'

/** A photo that a preview or a forecast can be made of. */
export interface Candidate {
  id: string
  name: string
  subject: Subject
  /** What the service said of it when it was uploaded, while it is no task. */
  sent?: Sent
  /** The task it is known by, where it is one already. */
  task: Task | null
}

export interface OnTable {
  batch: string | null
  /** In the order in which they came. */
  tasks: Task[]
  uploads: readonly Upload[]
  summary: BatchSummary | undefined
  /** Nothing is there, and nothing is being asked for. */
  empty: boolean
  loading: boolean
  /** There are more in the batch than the table shows. */
  more: boolean
  subjects: Candidate[]
}

/** A table with more photos than that is looked at on the page of its batch. */
const MOST = 1000

/** What lies on the table: the tasks of its batch, then what is still on its way. */
export function useOnTable(): OnTable {
  const queries = useQueryClient()
  const batch = useTable()
  const sending = useSyncExternalStore(uploads.subscribe, uploads.view)
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, isPending } = useInfiniteQuery({
    ...tableTasksOptions(queries, batch ?? ''),
    enabled: batch !== null,
  })
  const { data: summary, error } = useBatchSummary(batch)
  // The batch was deleted somewhere: the table is clear then.
  const gone = error instanceof ServiceError && error.status === 404
  useEffect(() => {
    if (gone) setTable(null)
  }, [gone])
  const known = data?.pages.reduce((sum, page) => sum + page.tasks.length, 0) ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && known < MOST) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, known, fetchNextPage])

  const tasks = useMemo(() => (data?.pages.flatMap(page => page.tasks) ?? []).reverse(), [data])
  const subjects = useMemo(() => candidates(tasks, sending), [tasks, sending])
  return {
    batch,
    tasks,
    uploads: sending,
    summary: batch === null ? undefined : summary,
    empty: tasks.length === 0 && sending.length === 0 && (batch === null || !isPending),
    loading: batch !== null && isPending,
    more: hasNextPage && known >= MOST,
    subjects,
  }
}

function candidates(tasks: readonly Task[], sending: readonly Upload[]): Candidate[] {
  const found: Candidate[] = []
  const seen = new Set<string>()
  // The same photo done again is one candidate.
  for (const task of tasks) {
    const photo = task.input_sha256 ?? task.task_id
    if (task.original_url === null || task.error_code === 'broken_photo' || seen.has(photo)) continue
    seen.add(photo)
    found.push({ id: task.task_id, name: task.filename, subject: { task: task.task_id }, task })
  }
  for (const one of sending) {
    if (one.photo !== null)
      found.push({ id: one.id, name: one.name, subject: { photo: one.photo.id }, sent: one.photo, task: null })
  }
  return found
}
