import type { Item } from '../api/items'

/** The caption of a photo as it will be; null while there is none. */
export function captionOf({ caption, choice }: Pick<Item, 'caption' | 'choice'>): string | null {
  if (!caption) return null
  return choice.caption ?? caption.text
}

export function isByHand({ choice }: Pick<Item, 'choice'>): boolean {
  return choice.caption !== null
}

/** Whether something is wrong with it, as far as the last build knows it. */
export function isFlagged({ caption, choice }: Pick<Item, 'caption' | 'choice'>): boolean {
  return caption !== null && caption.issues.length > 0 && (choice.caption ?? caption.text) === caption.text
}
