import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { taskOptions } from '@/lib/data/useTask'

type Page = Schemas['TaskPage']

const PAGE = 200

/** The tasks of the batch on the table, the newest first; what is known of each goes into its own place as well. */
export function tableTasksOptions(queries: QueryClient, batch: string) {
  return infiniteQueryOptions({
    queryKey: keys.list({ table: batch }),
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      const query = { batch, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) }
      const page = await content(api.GET('/api/v1/tasks', { params: { query }, signal }))
      for (const task of page.tasks) queries.setQueryData(taskOptions(task.task_id).queryKey, task)
      return page
    },
    initialPageParam: '',
    getNextPageParam: page => page.next,
  })
}
