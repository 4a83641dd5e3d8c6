import { newId } from '@/lib/ids'

const KEY = 'safelight.page.'
const BEAT_MS = 5000
// Browsers let the timers of hidden pages run once a minute.
const DEAD_MS = 150_000

/** The name of this page, from when it is opened until it is left; a page that is loaded again has a new one. */
export const thisPage = newId()

/** The pages of this service that are open in this browser. */
export function livingPages(): Set<string> {
  const found = new Set([thisPage])
  const since = Date.now() - DEAD_MS
  for (const [key, at] of Object.entries(kept())) {
    if (key.startsWith(KEY) && Number(at) > since) found.add(key.slice(KEY.length))
  }
  return found
}

/** Let other pages know that this one lives, until it is left. */
export function beat(): void {
  const tell = () => write(() => localStorage.setItem(KEY + thisPage, String(Date.now())))
  tell()
  let timer = setInterval(tell, BEAT_MS)
  window.addEventListener('pagehide', () => {
    clearInterval(timer)
    write(() => localStorage.removeItem(KEY + thisPage))
  })
  // A page that comes back from where browsers keep those that were left.
  window.addEventListener('pageshow', event => {
    if (!event.persisted) return
    tell()
    timer = setInterval(tell, BEAT_MS)
  })
  for (const [key, at] of Object.entries(kept())) {
    if (key.startsWith(KEY) && Number(at) < Date.now() - DEAD_MS) write(() => localStorage.removeItem(key))
  }
}

function kept(): Record<string, string> {
  try {
    return { ...localStorage }
  } catch {
    return {}
  }
}

function write(act: () => void): void {
  try {
    act()
  } catch {
    // A browser that keeps nothing has no outbox to share either.
  }
}
