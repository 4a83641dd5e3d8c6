import type { ItemDetail } from '../api/items'

/** How far the head reaches above its face, and the room above it by shot, in heights of the face; as the build has it. */
const HAIR = 0.38
const ROOM: Record<string, number> = { close_up: 0.4, portrait: 1, upper_body: 1, cowboy: 1.1, full_body: 1.3 }

export interface Guides {
  /** Where the head of the largest face begins. */
  head: number
  /** Where the picture should begin for the head-room of the settings. */
  top: number
}

/** Where the head begins and where the picture should; null without a face. */
export function guidesOf(item: Pick<ItemDetail, 'faces' | 'crop'>, headRoom: number): Guides | null {
  const face = item.faces[0]
  if (!face) return null
  const [, top, , height] = face.box
  const head = Math.max(0, top - HAIR * height)
  return { head, top: Math.max(0, head - headRoom * (ROOM[item.crop?.shot ?? ''] ?? 1) * height) }
}
