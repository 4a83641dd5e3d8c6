import { expect, it } from 'vitest'
import { exampleTask } from '@/../tests/exampleTask'
import { type Neighbour, neighbour, tasksIn } from '@/features/viewer/useNeighbours'

const strip: Neighbour[] = ['a', 'b', 'c'].map(id => ({ id, name: id, thumbnail: null, failed: false }))

it('goes to the photo before and after, and stops at the ends', () => {
  expect(neighbour(strip, 'b', 1)).toBe('c')
  expect(neighbour(strip, 'b', -1)).toBe('a')
  expect(neighbour(strip, 'c', 1)).toBeNull()
  expect(neighbour(strip, 'a', -1)).toBeNull()
  expect(neighbour(strip, 'gone', 1)).toBeNull()
})

it('reads lists of the cache, be they one page or many', () => {
  const [one, other] = [exampleTask(), exampleTask({ task_id: 'b' })]
  expect(tasksIn({ tasks: [one], next: null })).toEqual([one])
  expect(tasksIn({ pages: [{ tasks: [one] }, { tasks: [other] }], pageParams: [] })).toEqual([one, other])
  expect(tasksIn(undefined)).toEqual([])
  expect(tasksIn({ total: 3 })).toEqual([])
})
