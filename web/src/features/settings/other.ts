import { preferences, setPreferences } from '@/lib/preferences'

/** Another Safelight that somebody wants to work with. */
export interface Other {
  /** Its origin, as `http://studio.local:8000`. */
  origin: string
  token: string
}

const COOKIE = 'safelight_other'
const TRYING = 'safelight.trying'
const YEAR_S = 365 * 24 * 3600
// As the service takes them: what is none is not let into the policy of the page.
const PLAIN = /^https?:\/\/(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/
const LONGEST = 255

/** The origin that was typed, `http://` in front where nothing was; `null` if it is none. */
export function originOf(typed: string): string | null {
  const text = typed.trim()
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`)
    const bare = (url.pathname === '/' || url.pathname === '') && !url.search && !url.hash && !url.username
    return bare && url.origin.length <= LONGEST && PLAIN.test(url.origin) ? url.origin : null
  } catch {
    return null
  }
}

/** Why a page may not ask an address, whatever is there; `null` if it may. */
export function obstacle(origin: string, page: Pick<Location, 'origin' | 'protocol'>): 'same' | 'mixed' | null {
  if (origin === page.origin) return 'same'
  const near = /^http:\/\/(localhost|127\.|\[::1\])/.test(origin)
  return page.protocol === 'https:' && origin.startsWith('http:') && !near ? 'mixed' : null
}

/** Whether the policy of this page lets it ask an address: it is that of the cookie it was served with. */
export function mayAsk(origin: string): boolean {
  const found = document.cookie.split('; ').find(one => one.startsWith(`${COOKIE}=`))
  return found !== undefined && decodeURIComponent(found.slice(COOKIE.length + 1)) === origin
}

/** From the next load of the page on it may ask this address; none if it is empty. */
export function allow(origin: string): void {
  const age = origin ? YEAR_S : 0
  // biome-ignore lint/suspicious/noDocumentCookie: the other way is not there on pages without TLS.
  document.cookie = `${COOKIE}=${encodeURIComponent(origin)}; path=/; max-age=${age}; SameSite=Strict`
}

/** Load the page anew so that it may ask; what was asked for goes on there. */
export function tryAfterReload(other: Other): void {
  sessionStorage.setItem(TRYING, JSON.stringify(other))
  allow(other.origin)
  page.reload()
}

/** What was to be tried after the page was loaded anew; it is told once. */
export function takeTrying(): Other | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(TRYING) ?? 'null') as Partial<Other> | null
    sessionStorage.removeItem(TRYING)
    return kept?.origin ? { origin: kept.origin, token: kept.token ?? '' } : null
  } catch {
    return null
  }
}

/** Work with another one from now on; with the one of this page if it is empty. */
export function workWith(other: Other): void {
  setPreferences({ other: other.origin, otherToken: other.token })
  allow(other.origin)
  page.reload()
}

/** It did not work: the page may ask again what it works with, and nothing else. */
export function allowAsBefore(): void {
  allow(preferences().other)
}

/** For tests: a page there cannot be loaded anew. */
export const page = { reload: () => window.location.reload() }
