import { expect, it } from 'vitest'
import { task } from './fixtures'
import { pathOf, rowOf } from './rows'

it('leads to the dataset that a task builds, and else to the photo', () => {
  const build = rowOf(task(1, { kind: 'dataset', params: { dataset: 'd1', until: 'package' }, result: null }))
  expect([build.dataset, pathOf(build)]).toEqual(['d1', '/datasets/d1'])
  expect(build.after).toBeNull()
  expect(pathOf(rowOf(task(2)))).toBe('/photos/t2')
})
