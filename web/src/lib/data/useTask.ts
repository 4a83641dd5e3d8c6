import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Running } from '@/lib/api/live'

export type Task = Schemas['FullTaskView']

export function taskOptions(id: string) {
  return queryOptions({
    queryKey: keys.task(id),
    queryFn: ({ signal }): Promise<Task> =>
      content(api.GET('/api/v1/tasks/{task_id}', { params: { path: { task_id: id } }, signal })),
    // Live events tell when it changed.
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** A task, kept up to date by live events; `known` is what a list said of it. */
export function useTask(id: string, known?: Task) {
  return useQuery({ ...taskOptions(id), enabled: id !== '', ...(known ? { initialData: known } : {}) })
}

/** Whether it was refused when it was sent: trying again would change nothing. */
export function wasRefused(task: Pick<Task, 'status' | 'started_at'>): boolean {
  return task.status === 'failed' && task.started_at === null
}

/** How far a running task is; what the task itself says until the first event comes. */
export function useRunning(task: Task | undefined): Running | null {
  const { data } = useQuery<Running | null>({
    queryKey: keys.running(task?.task_id ?? ''),
    queryFn: () => null,
    enabled: false,
    initialData: null,
  })
  if (task?.status !== 'processing') return null
  return data && data.progress >= task.progress ? data : { progress: task.progress, message: task.message }
}
