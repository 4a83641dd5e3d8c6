import { known } from '@/lib/api/whose'
import { preferences } from '@/lib/preferences'

/** Where the service is: nothing in front of the path, or the address of another Safelight. */
export function base(): string {
  return preferences().other.replace(/\/+$/, '')
}

/** Whether the service is another than the one that this page came from. */
export function elsewhere(): boolean {
  return base() !== ''
}

/** Where things belong that wait in this browser: the service, and who uses it there. */
export function home(): string {
  const user = elsewhere() ? '' : known().user
  return user ? `${base()}#${user}` : base()
}

/**
 * What a request has to show. The service of this page knows a browser by its cookie, and a page of its own by what it
 * told that page.
 */
export function credentials(): Record<string, string> {
  const { other, otherToken } = preferences()
  if (other) return otherToken ? { Authorization: `Bearer ${otherToken}` } : {}
  const { csrf } = known()
  return csrf ? { 'X-CSRF-Token': csrf } : {}
}
