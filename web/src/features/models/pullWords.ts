import i18n from 'i18next'
import type { Task } from '@/lib/data/useTask'
import { bytes } from '@/lib/format'

const FETCHING = /^fetching ([\d.]+)(?: of ([\d.]+))? MB$/

/** What the fetching of a model says of itself, with its figures as people write them. */
export function pullWords(message: string, status: Task['status'] | undefined, stopping: boolean): string {
  if (stopping || message === 'cancelling') return i18n.t('models:stopping')
  if (status === 'pending' || status === undefined) return i18n.t('models:waits')
  const [, done, all] = message.match(FETCHING) ?? []
  if (done === undefined) return i18n.t('models:looking')
  if (all === undefined) return i18n.t('models:fetched', { done: megabytes(done) })
  if (Number(done) >= Number(all)) return i18n.t('models:checking')
  return i18n.t('models:fetched_of', { done: megabytes(done), all: megabytes(all) })
}

const megabytes = (told: string) => bytes(Number(told) * 1_000_000)
