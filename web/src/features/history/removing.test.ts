import './fetching'
import { expect, it } from 'vitest'
import { answering, askedSoFar } from './fetching'
import { row } from './fixtures'
import { removeAll } from './removing'

const statuses = (by: Record<string, number>) => answering(asked => by[asked.pathname.split('/').at(-1) ?? ''] ?? 204)

const deleted = (id: string) => `DELETE /api/v1/tasks/${id}`

it('deletes one after the other, goes on after one that stays, and tells which and why', async () => {
  statuses({ t2: 409, t3: 404 })
  const gone: string[] = []
  const steps: number[] = []
  const left = await removeAll([row(1), row(2), row(3), row(4)], {
    signal: new AbortController().signal,
    onGone: id => gone.push(id),
    onStep: done => steps.push(done),
  })
  expect(askedSoFar()).toEqual(['t1', 't2', 't3', 't4'].map(deleted))
  expect(gone).toEqual(['t1', 't3', 't4'])
  expect(steps).toEqual([1, 2, 3, 4])
  expect(left.map(one => one.row.id)).toEqual(['t2'])
  expect(left[0]?.why).toContain('it runs')
})

it('stops where it is told to', async () => {
  statuses({})
  const control = new AbortController()
  await removeAll([row(1), row(2), row(3)], {
    signal: control.signal,
    onGone: () => control.abort(),
    onStep: () => undefined,
  })
  expect(askedSoFar()).toEqual([deleted('t1')])
})
