import { useCallback, useRef, useState } from 'react'
import type { Item } from '../api/items'

/** Which photos are chosen; a range goes from the last that was pressed. */
export function useSelection(items: readonly Item[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const now = useRef({ items, ids, anchor: null as string | null })
  now.current.items = items
  now.current.ids = ids
  const range = useCallback((from: string, to: string) => {
    const order = now.current.items.map(one => one.item_id)
    now.current.anchor ??= from
    const [one, other] = [order.indexOf(now.current.anchor), order.indexOf(to)]
    if (one < 0 || other < 0) return
    setIds(new Set(order.slice(Math.min(one, other), Math.max(one, other) + 1)))
  }, [])
  const choose = useCallback(
    (id: string, extend: boolean) => {
      if (extend && now.current.anchor !== null) return range(now.current.anchor, id)
      const next = new Set(now.current.ids)
      if (!next.delete(id)) next.add(id)
      now.current.anchor = id
      setIds(next)
    },
    [range],
  )
  const set = useCallback((next: ReadonlySet<string>) => {
    now.current.anchor = null
    setIds(next)
  }, [])
  return { ids, choose, range, set }
}
