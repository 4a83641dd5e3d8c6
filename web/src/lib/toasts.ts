/** Something that just happened, told at the edge of the page for some seconds. */
export interface ToastMessage {
  id: number
  words: string
  bad: boolean
  action: { label: string; do: () => void } | null
}

let shown: readonly ToastMessage[] = []
let last = 0
const MOST = 3
const listeners = new Set<() => void>()

function set(next: readonly ToastMessage[]): void {
  shown = next
  for (const listener of listeners) listener()
}

export function toasts(): readonly ToastMessage[] {
  return shown
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Tell what happened; with something to press where it can be undone or led on. */
export function toast(words: string, more: { bad?: boolean; action?: ToastMessage['action'] } = {}): void {
  last += 1
  const fresh = { id: last, words, bad: more.bad ?? false, action: more.action ?? null }
  // The same words twice are one.
  set([...shown.filter(one => one.words !== words), fresh].slice(-MOST))
}

export function dropToast(id: number): void {
  set(shown.filter(one => one.id !== id))
}
