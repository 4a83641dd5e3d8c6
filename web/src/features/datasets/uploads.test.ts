import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ServiceError } from '@/lib/api/errors'
import { DatasetUploads, type Send } from './uploads'

const files = (count: number) => Array.from({ length: count }, (_, index) => new File(['x'], `${index}.jpg`))
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('sends three at a time and forgets what was taken', async () => {
  const ends: (() => void)[] = []
  let most = 0
  const send: Send = () =>
    new Promise(resolve => {
      ends.push(resolve)
      most = Math.max(most, ends.length)
    })
  const uploads = new DatasetUploads(send)
  const taken = vi.fn()
  uploads.onTaken(taken)
  uploads.add('d1', files(5))
  await settle()
  expect(uploads.view().filter(one => one.state === 'sending')).toHaveLength(3)
  for (let index = 0; index < 5; index++) {
    ends[index]?.()
    await settle()
  }
  expect(uploads.view()).toEqual([])
  expect(taken).toHaveBeenCalledTimes(5)
})

it('keeps what was refused with its reason, and goes on with the others', async () => {
  const send: Send = async ({ file }) => {
    if (file.name === '0.jpg') throw new ServiceError('not_taken', 'it is no photo', undefined, 422)
  }
  const uploads = new DatasetUploads(send)
  uploads.add('d1', files(4))
  await settle()
  expect(uploads.view().map(one => [one.name, one.state, one.trouble?.message])).toEqual([
    ['0.jpg', 'refused', 'it is no photo'],
  ])
})

it('sends again by itself what broke off, later each time', async () => {
  const send = vi.fn<Send>()
  send.mockRejectedValueOnce(ServiceError.away(new TypeError('connection')))
  send.mockRejectedValueOnce(new ServiceError('busy', '', undefined, 503))
  send.mockResolvedValue(undefined)
  const uploads = new DatasetUploads(send)
  uploads.add('d1', files(1))
  await settle()
  expect(uploads.view()[0]?.state).toBe('again')
  await vi.advanceTimersByTimeAsync(1000)
  expect(send).toHaveBeenCalledTimes(2)
  expect(uploads.view()[0]?.state).toBe('again')
  await vi.advanceTimersByTimeAsync(2000)
  expect(uploads.view()).toEqual([])
})

it('stops what is taken off the list, and its place goes to the next', async () => {
  const stopped: string[] = []
  const send: Send = ({ file, signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        stopped.push(file.name)
        reject(new DOMException('stopped', 'AbortError'))
      })
    })
  const uploads = new DatasetUploads(send)
  uploads.add('d1', files(4))
  await settle()
  const first = uploads.view()[0]
  if (first) uploads.remove(first.id)
  await settle()
  expect(stopped).toEqual(['0.jpg'])
  expect(uploads.view().map(one => one.state)).toEqual(['sending', 'sending', 'sending'])
})
