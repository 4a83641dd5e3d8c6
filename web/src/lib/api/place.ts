import { preferences } from '@/lib/preferences'

/** Where the service is: nothing in front of the path, or the address of another Safelight. */
export function base(): string {
  return preferences().other.replace(/\/+$/, '')
}

/** Whether the service is another than the one that this page came from. */
export function elsewhere(): boolean {
  return base() !== ''
}

/** What a request has to show. The service of this page knows a browser by its cookie. */
export function credentials(): Record<string, string> {
  const { other, otherToken } = preferences()
  return other && otherToken ? { Authorization: `Bearer ${otherToken}` } : {}
}
