import { expect, it } from 'vitest'
import type { BatchPhoto } from '@/features/report/api/getBatchPhotos'
import { failuresOf, pageOf } from '@/features/report/failures'

const photo = (filename: string, error: string | null, error_code: string | null = null): BatchPhoto => ({
  task_id: filename,
  status: error === null ? 'completed' : 'failed',
  filename,
  progress: 1,
  error,
  error_code,
})

it('puts photos that failed for one reason together, the most common first', () => {
  const found = failuresOf([
    photo('a.png', null),
    photo('b.png', 'out of memory'),
    photo('c.png', 'c.png: the file is cut short'),
    photo('d.png', 'd.png: the file is cut short'),
  ])
  expect(found.map(one => [one.reason, one.photos.map(each => each.filename)])).toEqual([
    ['The file is cut short', ['c.png', 'd.png']],
    ['Out of memory', ['b.png']],
  ])
})

it('says why in the words of the page where it has some', () => {
  const [found] = failuresOf([photo('c.png', 'c.png: the file is cut short', 'broken_photo')])
  expect(found?.reason).toBe('The file is damaged or ends too early.')
})

it('pages through large batches without losing or doubling a photo', () => {
  const all = Array.from({ length: 10_000 }, (_, at) => at)
  const seen = Array.from({ length: Math.ceil(all.length / 24) }, (_, page) => pageOf(all, page, 24)).flat()
  expect(seen).toEqual(all)
})
