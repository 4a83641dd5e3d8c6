import { home } from '@/lib/api/place'
import { newId } from '@/lib/ids'
import { Outbox } from '@/lib/outbox'

/** What a page holds that waits to be sent. */
interface Holder {
  ids: () => readonly string[]
  clear: () => void
}

// Pages tell each other by this that nothing of it is wanted any more.
const KEY = 'safelight.discarded'
const holders = new Set<Holder>()

window.addEventListener('storage', event => {
  if (event.key === KEY) clear()
})

/** Let what this page holds be counted and discarded with the rest. */
export function hold(holder: Holder): () => void {
  holders.add(holder)
  return () => holders.delete(holder)
}

/** How many photos wait in this browser to be sent to this service: on any page, or left by one that is gone. */
export async function countWaiting(): Promise<number> {
  const here = [...holders].flatMap(holder => holder.ids())
  const kept = (await left(new Outbox())).map(one => one.id)
  return new Set([...here, ...kept]).size
}

/** Discard all that waits, on every page: it belongs to whoever picked it, and not to who signs in next. */
export async function discardWaiting(): Promise<void> {
  const outbox = new Outbox()
  // First what is kept: a page that looks for what is left finds nothing then, and so all that it holds is cleared.
  for (const one of await left(outbox)) await outbox.drop(one.id)
  clear()
  try {
    localStorage.setItem(KEY, newId())
  } catch {
    // A browser that keeps nothing has no other page that shares it.
  }
}

function clear(): void {
  for (const holder of holders) holder.clear()
}

async function left(outbox: Outbox) {
  return (await outbox.load()).filter(one => one.base === home())
}
