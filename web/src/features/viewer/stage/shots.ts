import { COPY, type Shot } from '@/components/stage/shot'
import type { Size } from '@/components/stage/zoom'
import type { Task } from '@/lib/data/useTask'
import { resultOf } from '@/lib/made/result'

const SHOWN = new Set(['png', 'jpeg', 'jpg', 'jfif', 'webp', 'avif'])
/** Pictures that are longer have a smaller copy for screens. */
const LONGEST = 4096
const MOST_PIXELS = 64_000_000

/** What can be shown of the result; `null` while there is none. */
export function resultShot(task: Task): Shot | null {
  const result = resultOf(task)
  if (!result || task.result_url === null) return null
  return shot(result, result.format, task.thumbnail_url, task.screen_url ?? task.result_url, task.result_url)
}

/** What can be shown of the photo as it came; `null` if its size is not known. */
export function originalShot(task: Task): Shot | null {
  if (!task.input_width || !task.input_height) return null
  const format = task.filename.split('.').at(-1)?.toLowerCase() ?? ''
  const size = { width: task.input_width, height: task.input_height }
  // Before the work has begun nothing was made for screens; most photos show as they are.
  const screen = task.original_screen_url ?? (SHOWN.has(format) ? task.original_url : null)
  return shot(size, format, task.original_thumbnail_url, screen, task.original_url)
}

function shot(size: Size, format: string, thumbnail: string | null, screen: string | null, file: string | null): Shot {
  const long = Math.max(size.width, size.height) > LONGEST
  const shown = SHOWN.has(format)
  return {
    width: size.width,
    height: size.height,
    thumbnail,
    screen,
    full: long && shown && size.width * size.height <= MOST_PIXELS ? file : null,
    reduced: (long || !shown) && Math.max(size.width, size.height) > COPY,
  }
}
