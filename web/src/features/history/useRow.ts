import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { ServiceError } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import type { Running } from '@/lib/api/live'
import { taskOptions } from '@/lib/data/useTask'
import { hasEnded, type Row, rowOf } from './rows'
import { useRowChanges } from './useRowChanges'

/** How long what a list said of a task that goes on is taken for true. */
const TRUSTED_MS = 3000

/** A row as the task is now. Only rows that are shown ask, and only when an event says that there is something new. */
export function useRow(known: Row, onGone: (ids: readonly string[]) => void): Row {
  const { drop } = useRowChanges()
  const { data, error } = useQuery({
    ...taskOptions(known.id),
    enabled: ({ state }) =>
      state.isInvalidated || state.data !== undefined || (!hasEnded(known) && Date.now() - known.heard > TRUSTED_MS),
  })
  const gone = error instanceof ServiceError && error.status === 404
  useEffect(() => {
    if (!gone) return
    drop([known.id])
    onGone([known.id])
  }, [gone, drop, onGone, known.id])
  return useMemo(() => (data ? rowOf(data) : known), [data, known])
}

/** How far a running task is. */
export function useRunningRow(row: Row): Running {
  const { data } = useQuery<Running | null>({
    queryKey: keys.running(row.id),
    queryFn: () => null,
    enabled: false,
    initialData: null,
  })
  return data && data.progress >= row.progress ? data : { progress: row.progress, message: row.message }
}
