import type { InfiniteData } from '@tanstack/react-query'
import type { Schemas } from '@/lib/api/client'
import { home } from '@/lib/api/place'
import { queries } from '@/lib/api/queries'
import { cancelTask } from '@/lib/calls/cancelTask'
import { presetsOptions } from '@/lib/data/offers'
import { draftNow, draftOf, type Order, orderOf } from '@/lib/draft'
import { hold } from '@/lib/leftovers'
import { Outbox } from '@/lib/outbox'
import { preferences } from '@/lib/preferences'
import { setTable, table } from '@/lib/table'
import { createBatch } from '../api/createBatch'
import { createTask } from '../api/createTask'
import { tableTasksOptions } from '../api/tableTasks'
import { beat, livingPages, thisPage } from './living'
import type { Picked } from './picking'
import { sendPhoto } from './send'
import { Thumbnails } from './thumbnails'
import { Uploads } from './Uploads'

type Task = Schemas['FullTaskView']
type Page = Schemas['TaskPage']

const LOOK_MS = 20_000

export const thumbnails = new Thumbnails()

/** What this page sends. It goes on whatever place is shown. */
export const uploads = new Uploads(
  new Outbox(),
  {
    send: sendPhoto,
    batch: batchOnTable,
    forget: batch => {
      if (table() === batch) setTable(null)
    },
    begin: async ({ id, batch, photo, order }) => {
      const task = await createTask({ order: order ?? (await usual()), batch, of: { photo: photo.id }, name: id })
      layDown(batch, task)
      return task.task_id
    },
    cancel: async task => {
      await cancelTask(task)
    },
  },
  {
    page: thisPage,
    // Who this is may be told only later.
    get base() {
      return home()
    },
  },
  (upload, task) => thumbnails.rename(upload.id, task),
)

hold({ ids: () => uploads.view().map(one => one.id), clear: () => uploads.clear() })
beat()
void uploads.resume(livingPages())
setInterval(() => void uploads.resume(livingPages()), LOOK_MS)
// Not every browser asks; where one does, what waits is not thrown away when the disk gets full.
void navigator.storage?.persist?.().catch(() => false)

let opening: Promise<string> | null = null

/** The batch on the table; made when the first photo comes. */
async function batchOnTable(): Promise<string> {
  const batch = table()
  if (batch) return batch
  opening ??= createBatch()
  try {
    const made = await opening
    setTable(made)
    return made
  } finally {
    opening = null
  }
}

/** What is done with photos that were picked before anything could be set. */
async function usual(): Promise<Order> {
  const presets = await queries.fetchQuery(presetsOptions)
  const first = presets.find(one => one.name === preferences().preset) ?? presets[0]
  return orderOf(draftNow() ?? draftOf(first?.recipe ?? {}))
}

/** Put photos on the table; they are sent and begun with what is set now. */
export function pick(photos: readonly Picked[]): void {
  const draft = draftNow()
  const added = uploads.add(photos, { order: draft && orderOf(draft), start: preferences().startAtOnce })
  added.forEach((one, index) => {
    const file = photos[index]?.file
    if (file) thumbnails.make(one.id, file)
  })
}

/** Show a task on the table at once; the list of the service has it a moment later. */
export function layDown(batch: string, task: Task): void {
  const { queryKey } = tableTasksOptions(queries, batch)
  queries.setQueryData<InfiniteData<Page, string>>(queryKey, known => {
    if (!known) return { pages: [{ tasks: [task], next: null }], pageParams: [''] }
    const [first, ...rest] = known.pages
    if (!first || known.pages.some(page => page.tasks.some(one => one.task_id === task.task_id))) return known
    return { ...known, pages: [{ ...first, tasks: [task, ...first.tasks] }, ...rest] }
  })
}
