import { expect, it } from 'vitest'
import { changedPart } from './changedPart'

it('finds what changed, in whole words', () => {
  expect(changedPart('a sks man, smiling, blue wall', 'a sks man, laughing, blue wall')).toEqual([
    'a sks man, ',
    'smiling',
    'laughing',
    ', blue wall',
  ])
  expect(changedPart('a man, smiling', 'a man')).toEqual(['a man', ', smiling', '', ''])
  expect(changedPart('same', 'same')).toEqual(['same', '', '', ''])
  expect(changedPart('', 'new')).toEqual(['', '', 'new', ''])
})

it('gives both texts when it is put together again', () => {
  const [before, after] = ['one two two three', 'one two three']
  const [head, gone, come, tail] = changedPart(before, after)
  expect([head + gone + tail, head + come + tail]).toEqual([before, after])
})
