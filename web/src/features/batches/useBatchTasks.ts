import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { batchTasksOptions } from './api/getBatchTasks'
import type { Batch } from './api/listBatches'
import { footprint, patience } from './sums'

/** The tasks of a batch, asked for again when its sums tell that something happened, but not too often. */
export function useBatchTasks(id: string, batch: Batch | undefined) {
  const queries = useQueryClient()
  const query = useQuery({ ...batchTasksOptions(id), staleTime: Number.POSITIVE_INFINITY })
  const now = batch && footprint(batch)
  const { dataUpdatedAt, data } = query
  const count = data?.length ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: the footprint is what has to change
  useEffect(() => {
    if (now === undefined || dataUpdatedAt === 0) return
    const old = queries.getQueryData<string>(['batch footprint', id])
    if (old === now) return
    const wait = Math.max(0, dataUpdatedAt + patience(count) - Date.now())
    const timer = setTimeout(() => {
      queries.setQueryData(['batch footprint', id], now)
      void queries.invalidateQueries({ queryKey: batchTasksOptions(id).queryKey })
    }, wait)
    return () => clearTimeout(timer)
  }, [now, id, queries])
  return query
}
