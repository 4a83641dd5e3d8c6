import { type ComponentType, type ReactNode, useEffect, useState } from 'react'

const AGAIN_MS = 2000
const fetches: (() => Promise<unknown>)[] = []

/**
 * A part of the page whose code is fetched when the part is first shown, with `meanwhile` in its place. Where it cannot
 * be fetched, because the service is away, it is tried again until it is there.
 */
export function late<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile: ReactNode = null,
): ComponentType<P> {
  let found: ComponentType<P> | null = null
  const fetch = async () => {
    found ??= await load()
    return found
  }
  fetches.push(fetch)
  // biome-ignore lint/correctness/noComponentHookFactories: it is called once for a part, and never while drawing
  return function Late(props: P) {
    const [Part, setPart] = useState(() => found)
    useEffect(() => {
      if (Part) return
      let timer = 0
      let gone = false
      const show = () => {
        fetch().then(
          part => !gone && setPart(() => part),
          () => {
            if (!gone) timer = window.setTimeout(show, AGAIN_MS)
          },
        )
      }
      show()
      return () => {
        gone = true
        window.clearTimeout(timer)
      }
    }, [Part])
    return Part ? <Part {...props} /> : meanwhile
  }
}

/** Fetch all parts that are known by now, so that they are there when they are first shown. */
export async function fetchParts(): Promise<void> {
  await Promise.allSettled(fetches.map(fetch => fetch()))
}
