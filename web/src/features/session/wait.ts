import { useEffect, useState } from 'react'
import { ServiceError } from '@/lib/api/errors'

const SAID = /in (\d+) seconds?/
const USUAL_S = 60

/** How many seconds one has to wait after an answer, counted down; 0 = not at all. */
export function useWait(error: unknown): number {
  const [left, setLeft] = useState(0)
  useEffect(() => {
    if (!(error instanceof ServiceError) || error.code !== 'too_many_tries') {
      setLeft(0)
      return
    }
    const until = Date.now() + 1000 * (Number(SAID.exec(error.message)?.[1]) || USUAL_S)
    const count = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)))
    count()
    const timer = setInterval(count, 500)
    return () => clearInterval(timer)
  }, [error])
  return left
}
