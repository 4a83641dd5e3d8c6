import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Running } from '@/lib/api/live'
import { type Task, useRunning, useTask } from '@/lib/data/useTask'
import { datasetOptions, type StepState } from './api/datasets'
import { itemsKey } from './api/items'

const OFTEN_MS = 1000
/** Should an event be lost. */
const SELDOM_MS = 10_000

const ENDED = ['completed', 'failed', 'cancelled']

export function hasEnded(task: Pick<Task, 'status'>): boolean {
  return ENDED.includes(task.status)
}

/** A dataset, and how far its build is: asked for again as the build's events come, once a second at most. */
export function useDataset(id: string) {
  const queries = useQueryClient()
  const query = useQuery({
    ...datasetOptions(id),
    refetchInterval: ({ state }) => (state.data?.building ? SELDOM_MS : false),
  })
  const known = query.data?.task ?? undefined
  const task = useTask(known?.task_id ?? '', known).data ?? known
  const running: Running | null = useRunning(task)
  const asked = useRef(0)
  const message = running?.message
  useEffect(() => {
    if (message === undefined) return
    const wait = Math.max(0, asked.current + OFTEN_MS - Date.now())
    const timer = setTimeout(() => {
      asked.current = Date.now()
      void queries.invalidateQueries({ queryKey: datasetOptions(id).queryKey, exact: true })
    }, wait)
    return () => clearTimeout(timer)
  }, [message, id, queries])

  // What is known of the photos changes with each step that ends.
  const steps = query.data?.steps.map(one => one.status).join()
  const before = useRef(steps)
  useEffect(() => {
    if (before.current !== undefined && before.current !== steps) {
      void queries.invalidateQueries({ queryKey: itemsKey(id) })
      void queries.invalidateQueries({ queryKey: ['dataset item', id] })
    }
    before.current = steps
  }, [steps, id, queries])
  return { ...query, task, running, building: task !== undefined && !hasEnded(task) }
}

/** Whether the last build does not say any more what there would be now. */
export function isOutdated(steps: readonly StepState[], waiting: number): boolean {
  return steps.some(one => one.status === 'stale') || (waiting > 0 && wasBuilt(steps))
}

export function wasBuilt(steps: readonly StepState[]): boolean {
  return steps.some(one => one.status !== 'waiting')
}
