import { describe, expect, it } from 'vitest'
import type { SubTask } from './api/getBatchTasks'
import type { Batch } from './api/listBatches'
import { eachOnce } from './eachOnce'
import { againOf, countOf, elapsed, footprint, openOnes, patience, SHOWS, shownOf } from './sums'

const batch: Batch = {
  batch_task_id: 'b1',
  user_id: 'local',
  status: 'processing',
  total: 20,
  pending: 5,
  processing: 2,
  completed: 8,
  failed: 2,
  refused: 0,
  cancelled: 1,
  deleted: 2,
  progress: 0.6,
  eta_seconds: 30,
  seconds: 90,
  bytes: 1000,
  created_at: '2026-11-22T10:00:00Z',
  updated_at: '2026-11-22T10:01:00Z',
  finished_at: null,
  covers: [],
  presets: ['cartoon'],
}

const tasks: SubTask[] = (['pending', 'processing', 'completed', 'failed', 'cancelled'] as const).map(status => ({
  task_id: status,
  status,
  filename: status,
  progress: 0,
  error: null,
  error_code: null,
}))

describe('the sums of a batch', () => {
  it.each([
    [0, 0, 0, []],
    [2, 0, 0, ['failed']],
    [0, 0, 3, ['cancelled']],
    [2, 1, 3, ['failed', 'failed_cancelled']],
    [2, 2, 0, []],
    [2, 2, 3, ['cancelled']],
  ])(
    'with %i failed, %i of them refused, and %i cancelled let %j be done again',
    (failed, refused, cancelled, expected) => {
      expect(againOf({ failed, refused, cancelled })).toEqual(expected)
    },
  )

  it('account for every photo', () => {
    expect(openOnes(batch)).toBe(7)
    const parts = SHOWS.filter(show => show !== 'all').map(show => countOf(batch, show))
    expect(parts.reduce((a, b) => a + b)).toBe(countOf(batch, 'all'))
    expect(countOf(batch, 'all')).toBe(batch.total - batch.deleted)
  })

  it('show each photo under all and under one other', () => {
    expect(shownOf(tasks, 'all')).toHaveLength(5)
    for (const task of tasks) {
      const shows = SHOWS.filter(show => show !== 'all' && shownOf([task], show).length > 0)
      expect([task.status, shows.length]).toEqual([task.status, 1])
    }
    expect(shownOf(tasks, 'failed').map(task => task.task_id)).toEqual(['failed', 'cancelled'])
  })

  it('count the time until now, or until the last photo ended', () => {
    expect(elapsed(batch, Date.parse('2026-11-22T10:00:42Z'))).toBe(42)
    expect(elapsed({ ...batch, finished_at: '2026-11-22T10:05:00Z' }, Number.MAX_SAFE_INTEGER)).toBe(300)
    expect(elapsed(batch, 0)).toBe(0)
  })

  it('tell when the list of photos is old, and leave a long list more time', () => {
    expect(footprint({ ...batch, completed: 9, processing: 1 })).not.toBe(footprint(batch))
    expect(footprint({ ...batch, progress: 0.61, eta_seconds: 29 })).toBe(footprint(batch))
    expect(patience(20)).toBe(0)
    expect(patience(10_000)).toBe(15_000)
  })

  it('stand in the list once, although it grew between two pages', () => {
    const one = (id: string) => ({ ...batch, batch_task_id: id })
    const pages = [
      { batches: [one('c'), one('b')], next: 'x' },
      { batches: [one('b'), one('a')], next: null },
    ]
    expect(eachOnce(pages).map(found => found.batch_task_id)).toEqual(['c', 'b', 'a'])
  })
})
