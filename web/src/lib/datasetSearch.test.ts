import { expect, it } from 'vitest'
import { readDatasetSearch } from '@/lib/datasetSearch'

it('reads what an address says, and leaves out what makes no sense', () => {
  expect(
    readDatasetSearch({ section: 'review', show: 'kept', person: 0, flagged: true, text: 2024, reason: 'blurred' }),
  ).toEqual({ section: 'review', show: 'kept', person: 0, flagged: true, text: '2024', reason: 'blurred' })
  expect(readDatasetSearch({ section: 'cellar', show: 'all', person: -1, flagged: 'yes', text: '', open: {} })).toEqual(
    {},
  )
})
