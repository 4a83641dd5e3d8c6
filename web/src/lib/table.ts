import { useSyncExternalStore } from 'react'
import { home } from '@/lib/api/place'

// Each service has a table of its own, and so has each user: a batch of one is nothing to another.
const key = () => `safelight.table${home() && ` ${home()}`}`
const listeners = new Set<() => void>()
let unkept: string | null = null

/** The batch that lies on the table of the studio; `null` while it is empty. It survives a closed tab. */
export function table(): string | null {
  try {
    return localStorage.getItem(key())
  } catch {
    return unkept
  }
}

export function setTable(batch: string | null): void {
  unkept = batch
  try {
    if (batch === null) localStorage.removeItem(key())
    else localStorage.setItem(key(), batch)
  } catch {
    // It holds until the page is closed.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  const heard = (event: StorageEvent) => event.key === key() && listener()
  listeners.add(listener)
  window.addEventListener('storage', heard)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', heard)
  }
}

export function useTable(): string | null {
  return useSyncExternalStore(subscribe, table)
}
