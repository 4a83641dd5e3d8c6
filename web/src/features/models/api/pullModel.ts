import { useMutation, useQueryClient } from '@tanstack/react-query'
import { forgetPull, rememberPull } from '@/features/models/pulls'
import { api, content, once } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Task } from '@/lib/data/useTask'

/** Fetch the weights of a model. Where somebody fetches them already, it is that task that is followed. */
export function usePullModel(model: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (): Promise<Task> =>
      content(api.POST('/api/v1/models/{model_id}/pull', { params: { path: { model_id: model } }, headers: once() })),
    meta: { quiet: true },
    onMutate: () => forgetPull(model),
    onSuccess: task => {
      queries.setQueryData(keys.task(task.task_id), task)
      rememberPull(model, task.task_id)
    },
  })
}
