import type { Schemas } from '@/lib/api/client'

/** All batches of all pages, each once: the list may grow between two pages. */
export function eachOnce(pages: readonly Schemas['BatchPage'][]): Schemas['BatchSummary'][] {
  const found = new Map<string, Schemas['BatchSummary']>()
  for (const page of pages)
    for (const batch of page.batches) if (!found.has(batch.batch_task_id)) found.set(batch.batch_task_id, batch)
  return [...found.values()]
}
