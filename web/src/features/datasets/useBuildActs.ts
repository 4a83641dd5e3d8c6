import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '@/lib/api/keys'
import { cancelTask } from '@/lib/calls/cancelTask'
import { buildDataset } from './api/datasets'

/** Beginning and ending the build of a dataset. */
export function useBuildActs(id: string) {
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: keys.datasets() })
  const build = useMutation({ mutationFn: () => buildDataset(id), onSettled: refresh })
  const cancel = useMutation({ mutationFn: (task: string) => cancelTask(task), onSettled: refresh })
  return { build, cancel }
}
