import { useCallback, useRef, useState } from 'react'
import type { Row } from './rows'
import { allOf, EMPTY, ofPicked, pickedOf, ranged, type Selection, toggled, without } from './selection'

/** What is chosen; one or two stand in the address as well, so that a comparison can be come back to. */
export function useSelection(picked: string | undefined, rows: readonly Row[], tell: (picked?: string) => void) {
  const [selection, setSelection] = useState<Selection>(() => ofPicked(picked))
  const now = useRef({ selection, rows, tell })
  now.current = { selection, rows, tell }
  const set = useCallback((next: Selection) => {
    const before = pickedOf(now.current.selection)
    now.current.selection = next
    setSelection(next)
    if (pickedOf(next) !== before) now.current.tell(pickedOf(next))
  }, [])
  const choose = useCallback(
    (id: string, range: boolean) =>
      set(range ? ranged(now.current.selection, now.current.rows, id) : toggled(now.current.selection, id)),
    [set],
  )
  const clear = useCallback(() => set(EMPTY), [set])
  const chooseAll = useCallback(() => set(allOf(now.current.rows)), [set])
  const drop = useCallback((ids: readonly string[]) => set(without(now.current.selection, ids)), [set])
  return { selection, choose, clear, chooseAll, drop }
}
