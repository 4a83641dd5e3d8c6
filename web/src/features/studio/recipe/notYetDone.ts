import type { Task } from '@/lib/data/useTask'

/** Of each photo on the table one task, where none of them has this signature. */
export function notYetDone(tasks: readonly Task[], signature: string | null): Task[] {
  if (signature === null) return []
  const photos = new Map<string, Task | null>()
  for (const task of tasks) {
    if (task.original_url === null || task.error_code === 'broken_photo') continue
    const photo = task.input_sha256 ?? task.task_id
    const done = task.signature === signature && task.status !== 'failed' && task.status !== 'cancelled'
    if (done) photos.set(photo, null)
    else if (!photos.has(photo)) photos.set(photo, task)
  }
  return [...photos.values()].filter(one => one !== null)
}
