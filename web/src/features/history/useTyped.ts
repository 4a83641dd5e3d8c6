import { useEffect, useRef, useState } from 'react'

const TYPING_MS = 250

/**
 * What is being typed, which goes on when a moment has passed without a key.
 *
 * `meaning` tells what is meant by what was typed: different ways to type a number mean the same. `null` = not to be told.
 */
export function useTyped(
  told: string,
  tell: (meant: string) => void,
  meaning: (typed: string) => string | null,
): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(told)
  const last = useRef(told)
  const meant = meaning(typed)
  useEffect(() => {
    // Changed by somebody else: a chip was taken away, or the browser went back.
    if (told !== last.current) setTyped(told)
    last.current = told
  }, [told])
  useEffect(() => {
    if (meant === null || meant === last.current) return
    const timer = setTimeout(() => {
      last.current = meant
      tell(meant)
    }, TYPING_MS)
    return () => clearTimeout(timer)
  }, [meant, tell])
  return [typed, setTyped]
}
