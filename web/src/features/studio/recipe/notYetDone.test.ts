import { describe, expect, it } from 'vitest'
import type { Task } from '@/lib/data/useTask'
import { notYetDone } from './notYetDone'

const task = (id: string, more: Partial<Task>): Task =>
  ({
    task_id: id,
    input_sha256: 'a',
    original_url: '/o',
    status: 'completed',
    signature: 'old',
    ...more,
  }) as Task

describe('photos that were not done with these settings', () => {
  it('are one task of each, where none has the signature', () => {
    const found = notYetDone([task('1', {}), task('2', { input_sha256: 'b' }), task('3', {})], 'new')
    expect(found.map(one => one.task_id)).toEqual(['1', '2'])
  })

  it('are none where one of the same photo has it', () => {
    expect(notYetDone([task('1', {}), task('2', { signature: 'new', status: 'pending' })], 'new')).toEqual([])
    expect(notYetDone([task('1', { signature: 'new' }), task('2', {})], 'new')).toEqual([])
  })

  it('are those that failed with it as well, but not broken files', () => {
    const failed = task('1', { signature: 'new', status: 'failed' })
    expect(notYetDone([failed], 'new')).toEqual([failed])
    expect(notYetDone([{ ...failed, error_code: 'broken_photo' }], 'new')).toEqual([])
  })

  it('are not known before the plan is', () => {
    expect(notYetDone([task('1', {})], null)).toEqual([])
  })
})
