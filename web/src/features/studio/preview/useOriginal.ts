import { useEffect, useState, useSyncExternalStore } from 'react'
import { usePictureUrl } from '@/lib/data/usePictureUrl'
import { useTask } from '@/lib/data/useTask'
import { thumbnails } from '../uploads/desk'
import type { Candidate } from '../useOnTable'

interface Original {
  /** A picture of the photo that a browser shows; `null` while there is none. */
  url: string | null
  /** Its size in pixels; 0 while it is not known. */
  width: number
  height: number
}

/** A photo as a browser can show it: what the service has made for that, else what this tab has. */
export function useOriginal(candidate: Candidate | undefined): Original {
  const known = candidate?.task ?? undefined
  const { data: task } = useTask(known?.task_id ?? '', known)
  const here = useSyncExternalStore(thumbnails.subscribe, () => thumbnails.find(candidate?.id ?? ''))
  const path =
    candidate && 'photo' in candidate.subject
      ? `/api/v1/photos/${candidate.subject.photo}/file`
      : (task?.original_screen_url ?? task?.original_url ?? null)
  const kept = usePictureUrl(path)
  const [broken, setBroken] = useState<string | null>(null)
  const url = kept && broken !== kept ? kept : here
  const [found, setFound] = useState({ url: '', width: 0, height: 0 })
  useEffect(() => {
    if (!url) return
    const image = new Image()
    image.onload = () => setFound({ url, width: image.naturalWidth, height: image.naturalHeight })
    image.onerror = () => setBroken(url)
    image.src = url
    return () => {
      image.onload = null
      image.onerror = null
    }
  }, [url])
  // The service knows the size of the photo itself, which may be shown by a smaller copy, or by none.
  if (candidate?.sent) return { url, width: candidate.sent.width, height: candidate.sent.height }
  if (task?.input_width && task.input_height) return { url, width: task.input_width, height: task.input_height }
  return { url, width: found.url === url ? found.width : 0, height: found.url === url ? found.height : 0 }
}
