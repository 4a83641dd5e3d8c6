import { type UseQueryResult, useQueries } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { ServiceError } from '@/lib/api/errors'
import { type Task, taskOptions } from '@/lib/data/useTask'
import { type Row, rowOf } from './rows'

interface Chosen {
  ids: ReadonlySet<string>
  /** What is listed now. */
  rows: readonly Row[]
  /** Whether the list was read: what it brings need not be asked for. */
  read: boolean
  /** These are chosen and there no longer. */
  onGone: (ids: readonly string[]) => void
}

/**
 * The rows of all that is chosen, so that what is done is done with as many as are counted: also with those that were
 * listed when they were chosen and are not now, and with the one or two of which only the address tells.
 */
export function useChosenRows({ ids, rows, read, onGone }: Chosen): readonly Row[] {
  const seen = useRef<ReadonlyMap<string, Row>>(new Map())
  const known = useMemo(() => {
    const found = new Map<string, Row>()
    for (const id of ids) {
      const before = seen.current.get(id)
      if (before) found.set(id, before)
    }
    if (ids.size > 0) for (const row of rows) if (ids.has(row.id)) found.set(row.id, row)
    return found
  }, [ids, rows])
  seen.current = known

  const unseen = useMemo(() => [...ids].filter(id => !known.has(id)), [ids, known])
  const asked = useQueries({ queries: unseen.map(id => ({ ...taskOptions(id), enabled: read })), combine: answered })
  const lost = unseen.filter((_, place) => asked[place] === 'gone').join()
  useEffect(() => {
    if (lost) onGone(lost.split(','))
  }, [lost, onGone])

  return useMemo(() => {
    const told = asked.filter(one => one !== null && one !== 'gone')
    return [...known.values(), ...told.map(task => rowOf(task))]
  }, [known, asked])
}

function answered(all: UseQueryResult<Task>[]): (Task | 'gone' | null)[] {
  return all.map(({ data, error }) => data ?? (error instanceof ServiceError && error.status === 404 ? 'gone' : null))
}
