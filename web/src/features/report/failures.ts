import type { BatchPhoto } from '@/features/report/api/getBatchPhotos'
import { errorText } from '@/lib/api/errors'

/** Photos that failed for one reason. */
export interface Failure {
  reason: string
  photos: BatchPhoto[]
}

/** The photos that failed, by why: the reason that is most common first. */
export function failuresOf(photos: readonly BatchPhoto[]): Failure[] {
  const found = new Map<string, BatchPhoto[]>()
  for (const photo of photos) {
    if (photo.status !== 'failed') continue
    const reason = errorText(photo.error_code, withoutName(photo.error ?? '', photo.filename))
    found.set(reason, [...(found.get(reason) ?? []), photo])
  }
  return [...found]
    .map(([reason, failed]) => ({ reason, photos: failed }))
    .sort((one, other) => other.photos.length - one.photos.length)
}

/** Reasons begin with the name of the photo; beside it that says nothing. */
function withoutName(reason: string, name: string): string {
  const rest = reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason
  return rest.charAt(0).toUpperCase() + rest.slice(1)
}

/** The part of a list that is one page, from 0. */
export function pageOf<T>(all: readonly T[], page: number, size: number): readonly T[] {
  return all.slice(page * size, (page + 1) * size)
}
