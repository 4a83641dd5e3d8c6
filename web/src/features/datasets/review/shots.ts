import type { Shot } from '@/components/stage/shot'
import type { Item } from '../api/items'

/** The photo as browsers can show it. */
export function photoShot(item: Pick<Item, 'width' | 'height' | 'preview_url' | 'original_url' | 'shown'>): Shot {
  return {
    width: item.width,
    height: item.height,
    thumbnail: item.preview_url,
    screen: item.shown ? item.original_url : item.preview_url,
    full: null,
    reduced: !item.shown,
  }
}

/** The finished picture. */
export function cropShot(crop: NonNullable<Item['crop']>): Shot {
  return { width: crop.width, height: crop.height, thumbnail: null, screen: crop.url, full: null, reduced: false }
}
