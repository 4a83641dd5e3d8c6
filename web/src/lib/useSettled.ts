import { useEffect, useState } from 'react'

/** How long a slider rests before anybody is asked about it. */
export const SETTLE_MS = 250

/** A value once it has stayed the same for some time: for what follows a slider. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}
