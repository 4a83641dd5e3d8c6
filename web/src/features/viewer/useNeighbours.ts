import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getStrip } from '@/features/viewer/api/getStrip'
import { keys } from '@/lib/api/keys'
import type { Task } from '@/lib/data/useTask'

/** One picture of the film strip. */
export interface Neighbour {
  id: string
  name: string
  /** `null` while nothing is known to be there. */
  thumbnail: string | null
  failed: boolean
}

const AGAIN_MS = 4000
const MANY = 500

/** What lies before and after a photo: its batch in order, or the list of the history that one came from. */
export function useNeighbours(id: string, task: Task | undefined): readonly Neighbour[] {
  const listed = useListed(id)
  const batch = task?.batch_task_id ?? null
  const { data } = useQuery({
    queryKey: ['strip', batch],
    queryFn: ({ signal }) => getStrip(batch ?? '', signal),
    enabled: batch !== null,
    // A large batch is a long list: it is not asked for again and again.
    refetchInterval: ({ state }) => {
      const open = state.data?.some(one => one.status === 'pending' || one.status === 'processing')
      return open ? AGAIN_MS * Math.max(1, (state.data?.length ?? 0) / MANY) : false
    },
    select: found => found.map(shortly),
  })
  return batch !== null ? (data ?? []) : listed
}

/** The list in the cache that has this task. It is kept while one walks along it, whatever the cache forgets. */
function useListed(id: string): readonly Neighbour[] {
  const queries = useQueryClient()
  const [kept, setKept] = useState<readonly Neighbour[]>([])
  if (kept.some(one => one.id === id)) return kept
  const lists = queries.getQueriesData({ queryKey: keys.lists() }).map(([, data]) => tasksIn(data))
  const found = (lists.find(list => list.some(one => one.task_id === id)) ?? []).map(shortly)
  if (found.length > 0) setKept(found)
  return found
}

/** The tasks of a list in the cache, be it one page or many. */
export function tasksIn(data: unknown): Task[] {
  if (typeof data !== 'object' || data === null) return []
  const pages = 'pages' in data && Array.isArray(data.pages) ? data.pages : [data]
  return pages.flatMap(page => (page && Array.isArray(page.tasks) ? (page.tasks as Task[]) : []))
}

type Known = Pick<Task, 'task_id' | 'filename' | 'status'> & Partial<Pick<Task, 'original_thumbnail_url'>>

function shortly({ task_id: id, filename: name, status, original_thumbnail_url: original = null }: Known): Neighbour {
  const thumbnail = status === 'completed' ? `/api/v1/tasks/${id}/thumbnail` : original
  return { id, name, failed: status === 'failed', thumbnail }
}

/** The one before (-1) or after (1); `null` at the ends. */
export function neighbour(all: readonly Neighbour[], id: string, step: -1 | 1): string | null {
  const at = all.findIndex(one => one.id === id)
  return at < 0 ? null : (all[at + step]?.id ?? null)
}
