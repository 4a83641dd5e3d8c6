import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef } from 'react'
import { keys } from '@/lib/api/keys'
import { useRowChanges } from './useRowChanges'

const GATHERED_MS = 250

/** Tells that photos are deleted: they leave this list, and whatever else knows of them. Many come as one. */
export function useForgotten(): (ids: readonly string[]) => void {
  const queries = useQueryClient()
  const { drop } = useRowChanges()
  const gathered = useRef<string[]>([])
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  return useCallback(
    (ids: readonly string[]) => {
      gathered.current.push(...ids)
      timer.current ??= setTimeout(() => {
        const gone = gathered.current
        gathered.current = []
        timer.current = undefined
        drop(gone)
        for (const id of gone) queries.removeQueries({ queryKey: keys.task(id) })
        for (const queryKey of [keys.lists(), keys.batches(), keys.sums(), ['strip']]) {
          void queries.invalidateQueries({ queryKey })
        }
      }, GATHERED_MS)
    },
    [queries, drop],
  )
}
