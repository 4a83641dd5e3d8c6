import { useState } from 'react'
import { usePictureUrl } from '@/lib/data/usePictureUrl'

/** What a running photo looks like so far, over what is shown of it anyway; nothing where there is nothing to see. */
export function Glimpse({ path, whole = false }: { path: string | null | undefined; whole?: boolean }) {
  const url = usePictureUrl(path)
  const [failed, setFailed] = useState<string | null>(null)
  // The work may have ended before it was fetched.
  if (!url || failed === url) return null
  // The same element each time: a browser shows the old picture until the new one is there.
  return (
    <img
      src={url}
      alt=""
      data-testid="glimpse"
      decoding="async"
      onError={() => setFailed(url)}
      className={`absolute inset-0 size-full ${whole ? 'object-contain' : 'object-cover'}`}
    />
  )
}
