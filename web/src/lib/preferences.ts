import { useSyncExternalStore } from 'react'

/** What a person chose on this browser. The service knows nothing of it. */
export interface Preferences {
  /** `null` = as the system has it. */
  theme: 'dark' | 'light' | null
  language: 'en' | 'zh' | null
  /** Whether photos are worked on as soon as they are picked. */
  startAtOnce: boolean
  /** Preset that the studio begins with. */
  preset: string
  format: 'png' | 'jpeg' | 'webp' | 'tiff' | 'avif'
  /** Address of another Safelight to work with; empty = the one that this page came from. */
  other: string
  /** Token of that other one. */
  otherToken: string
}

const KEY = 'safelight.preferences'

const USUAL: Preferences = {
  theme: null,
  language: null,
  startAtOnce: true,
  preset: 'general',
  format: 'png',
  other: '',
  otherToken: '',
}

let current = load()
const listeners = new Set<() => void>()

function load(): Preferences {
  try {
    return { ...USUAL, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) }
  } catch {
    return USUAL
  }
}

export function preferences(): Preferences {
  return current
}

export function setPreferences(changed: Partial<Preferences>): void {
  current = { ...current, ...changed }
  try {
    localStorage.setItem(KEY, JSON.stringify(current))
  } catch {
    // A browser that keeps nothing: it holds until the page is closed.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  // Another tab may change them as well.
  const heard = (event: StorageEvent) => {
    if (event.key === KEY) {
      current = load()
      listener()
    }
  }
  listeners.add(listener)
  window.addEventListener('storage', heard)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', heard)
  }
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences)
}
