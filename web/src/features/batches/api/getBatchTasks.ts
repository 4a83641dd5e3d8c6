import { queryOptions } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'

export type SubTask = Schemas['SubTask']

/**
 * All tasks of a batch in the order of the files, with as little of each as a list needs.
 *
 * Ten thousand are a megabyte or two: they are asked for when the sums of the batch have changed, see `useBatchTasks`.
 */
export function batchTasksOptions(id: string) {
  return queryOptions({
    queryKey: ['batch tasks', id] as const,
    queryFn: async ({ signal }): Promise<SubTask[]> => {
      const params = { path: { batch_id: id } }
      const view = await content<Schemas['BatchView']>(api.GET('/api/v1/batches/{batch_id}', { params, signal }))
      return view.sub_tasks
    },
  })
}
