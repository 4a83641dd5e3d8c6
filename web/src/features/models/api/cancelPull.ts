import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, content, once } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Task } from '@/lib/data/useTask'

/** Stop fetching; what has arrived stays, and the next time goes on from there. */
export function useCancelPull(task: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (): Promise<Task> =>
      content(api.POST('/api/v1/tasks/{task_id}/cancel', { params: { path: { task_id: task } }, headers: once() })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.task(task) }),
  })
}
