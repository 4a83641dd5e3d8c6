import { expect, it } from 'vitest'
import { lineWords } from '@/features/monitor/lineLooks'
import { endedIn, linesOf, type Sample, timesOf } from '@/features/monitor/series'

const sample = (changes: Partial<Sample>): Sample => ({
  timestamp: '2026-11-22T10:00:00.000Z',
  cpu_usage: 50,
  memory_usage: 20,
  gpu_usage: null,
  gpu_memory: null,
  active_tasks: 1,
  queue_size: 2,
  completed: 0,
  failed: 0,
  mean_seconds: null,
  p95_seconds: null,
  ...changes,
})
const hour = (completed: number, failed: number) => ({
  hour: '2026-11-22T10:00:00Z',
  completed,
  failed,
  mean_seconds: null,
})

it('leaves out the card of a machine that has none', () => {
  const names = (samples: Sample[]) => linesOf(samples, 'machine', 5).map(line => line.name)
  expect(names([sample({}), sample({})])).toEqual(['cpu', 'memory'])
  expect(names([sample({}), sample({ gpu_usage: 0, gpu_memory: 3 })])).toEqual(['cpu', 'memory', 'gpu', 'gpu_memory'])
})

it('leaves gaps where nobody knew, and reckons with the rest', () => {
  const samples = [sample({ queue_size: 6 }), sample({ queue_size: null }), sample({ queue_size: 2 })]
  const queue = linesOf(samples, 'work', 5).find(line => line.name === 'queue')
  expect(queue).toEqual({ name: 'queue', values: [6, null, 2], now: 2, mean: 4, most: 6 })
})

it('tells what is done per minute, whatever the step', () => {
  const done = (step: number) => linesOf([sample({ completed: 3 })], 'work', step).find(line => line.name === 'done')
  expect(done(5)?.now).toBe(36)
  expect(done(60)?.now).toBe(3)
})

it('says each line in a sentence', () => {
  expect(lineWords('cpu', { now: 12.3, mean: 40, most: 99.6 }, true)).toBe(
    'Processor: now 12%, on average 40%, at most 100%.',
  )
  expect(lineWords('queue', { now: 1234, mean: 2.25, most: 2000 }, false)).toBe(
    'Waiting: now 1,234, on average 2.3, at most 2,000.',
  )
})

it('reads points in time as seconds', () => {
  expect(timesOf([sample({ timestamp: '1970-01-01T00:00:05.500Z' })])).toEqual([5.5])
})

it('adds up the hours, and never draws against nothing', () => {
  expect(endedIn([hour(3, 1), hour(0, 0), hour(2, 0)])).toEqual({ done: 5, failed: 1, most: 4 })
  expect(endedIn([hour(0, 0)]).most).toBe(1)
})
