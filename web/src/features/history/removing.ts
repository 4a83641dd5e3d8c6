import { wordsFor } from '@/lib/api/errors'
import { deleteTask } from '@/lib/calls/deleteTask'
import type { Row } from './rows'

/** A photo that could not be deleted, and why. */
export interface Left {
  row: Row
  why: string
}

interface Watching {
  signal: AbortSignal
  onGone: (id: string) => void
  onStep: (done: number) => void
}

/** Delete photos one after the other; one that stays keeps no other from going. Gives those that stayed. */
export async function removeAll(rows: readonly Row[], { signal, onGone, onStep }: Watching): Promise<Left[]> {
  const left: Left[] = []
  for (const [index, row] of rows.entries()) {
    if (signal.aborted) break
    try {
      await deleteTask(row.id)
      onGone(row.id)
    } catch (error) {
      left.push({ row, why: wordsFor(error) })
    }
    onStep(index + 1)
  }
  return left
}
