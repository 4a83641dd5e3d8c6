import { exampleTask } from '@/../tests/exampleTask'
import type { Row, Task } from './rows'
import { rowOf } from './rows'

/** A task as the service tells it; a greater number is newer. */
export function task(number: number, more: Partial<Task> = {}): Task {
  return exampleTask({
    task_id: `t${number}`,
    filename: `photo ${number}.jpg`,
    created_at: new Date(Date.UTC(2026, 9, 1, 12) + number * 60_000).toISOString(),
    params: {},
    facts: { operation: 'cartoonize', preset: 'cartoon', style: '', strength: null, resolution: null },
    result: { width: 1024, height: 768, bytes: 1000 },
    input_width: 512,
    input_height: 384,
    ...more,
  })
}

export function row(number: number, more: Partial<Row> = {}): Row {
  return { ...rowOf(task(number), 0), ...more }
}

/** Numbers from a high one down to a low one: newest first. */
export function down(from: number, to: number): number[] {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index)
}
