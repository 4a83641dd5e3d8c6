/** Which photos are chosen, in the order of choosing, and where a range would begin. */
export interface Selection {
  ids: ReadonlySet<string>
  anchor: string | null
}

export const EMPTY: Selection = { ids: new Set(), anchor: null }

export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { ids: next, anchor: id }
}

/** Add all from the anchor to a photo, whichever comes first. */
export function ranged(selection: Selection, order: readonly { id: string }[], id: string): Selection {
  const from = order.findIndex(one => one.id === selection.anchor)
  const to = order.findIndex(one => one.id === id)
  if (from < 0 || to < 0) return toggled(selection, id)
  const next = new Set(selection.ids)
  for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(one.id)
  return { ids: next, anchor: selection.anchor }
}

export function allOf(order: readonly { id: string }[]): Selection {
  return { ids: new Set(order.map(one => one.id)), anchor: order[0]?.id ?? null }
}

export function without({ ids, anchor }: Selection, gone: Iterable<string>): Selection {
  const next = new Set(ids)
  for (const id of gone) next.delete(id)
  return { ids: next, anchor: anchor !== null && next.has(anchor) ? anchor : null }
}

/** The address holds what was picked for comparing, one or two; more are no address. */
export function pickedOf({ ids }: Selection): string | undefined {
  return ids.size === 1 || ids.size === 2 ? [...ids].join(',') : undefined
}

export function ofPicked(picked: string | undefined): Selection {
  const ids = (picked ?? '').split(',').filter(Boolean).slice(0, 2)
  return { ids: new Set(ids), anchor: ids.at(-1) ?? null }
}
