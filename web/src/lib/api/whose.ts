interface Told {
  user: string | null
  csrf: string
}

interface Known {
  /** Who used this service last in this browser; empty where nobody has to say who they are. */
  user: string
  /** What requests that change something show beside the cookie. */
  csrf: string
}

const KEY = 'safelight.account'
const NOBODY: Known = { user: '', csrf: '' }

let unkept = NOBODY
let here = known()
const listeners = new Set<() => void>()

/** How a page begins anew; its own so that tests can look on. */
export const page = { reload: () => window.location.reload() }

/** What the service said last of who this is, on whatever page: it is there before the first answer of this one. */
export function known(): Known {
  try {
    return { ...NOBODY, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Known>) }
  } catch {
    return unkept
  }
}

/**
 * Take what the service says of who this is. Whoever signed in last stays known after the session has ended: what
 * waits to be sent is theirs. Another one begins with a page that knows nothing of the one before.
 */
export function know({ user, csrf }: Told): void {
  const before = known()
  const now = { user: user ?? before.user, csrf }
  unkept = now
  try {
    if (now.user !== before.user || now.csrf !== before.csrf) localStorage.setItem(KEY, JSON.stringify(now))
  } catch {
    // It holds until the page is closed.
  }
  settle(now)
}

/** Be told when another page has signed in or out; gives what ends that. */
export function onKnown(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

window.addEventListener('storage', event => {
  if (event.key !== KEY) return
  settle(known())
  for (const listener of listeners) listener()
})

function settle(now: Known): void {
  const other = here.user !== '' && now.user !== here.user
  here = now
  if (other) page.reload()
}
