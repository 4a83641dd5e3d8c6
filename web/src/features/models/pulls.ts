import { useSyncExternalStore } from 'react'
import { base } from '@/lib/api/place'

/** Tasks that fetch a model, by the model. It is kept by the browser: a refresh finds a fetch that still runs. */
export type Pulls = Readonly<Record<string, string>>

const listeners = new Set<() => void>()
const key = () => `safelight.pulls${base() && ` ${base()}`}`
let current: Pulls = load()

function load(): Pulls {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key()) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    return Object.fromEntries(Object.entries(kept).filter(([, task]) => typeof task === 'string'))
  } catch {
    return {}
  }
}

function set(next: Pulls): void {
  current = next
  try {
    localStorage.setItem(key(), JSON.stringify(next))
  } catch {
    // It holds until the page is closed.
  }
  for (const listener of listeners) listener()
}

export function rememberPull(model: string, task: string): void {
  set({ ...current, [model]: task })
}

export function forgetPull(model: string): void {
  set(Object.fromEntries(Object.entries(current).filter(([one]) => one !== model)))
}

function subscribe(listener: () => void): () => void {
  const heard = (event: StorageEvent) => {
    if (event.key !== key()) return
    current = load()
    listener()
  }
  listeners.add(listener)
  window.addEventListener('storage', heard)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', heard)
  }
}

/** The task that fetches a model; `null` if none is known. */
export function usePull(model: string): string | null {
  return useSyncExternalStore(subscribe, () => current[model] ?? null)
}
