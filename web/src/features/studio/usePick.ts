import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useLimits } from '@/lib/data/offers'
import { bytes } from '@/lib/format'
import { toast } from '@/lib/toasts'
import { pick, uploads } from './uploads/desk'
import { sorted } from './uploads/picking'

const NAMED = 3

/** Takes files that were dropped, pasted or chosen, and tells of those that were left out. */
export function usePick(): (files: readonly File[]) => void {
  const { t } = useTranslation('studio')
  // Unknown for a moment after the page was opened: then nothing is held back.
  const most = useLimits().data?.upload_bytes
  return useCallback(
    (files: readonly File[]) => {
      const { photos, others, large, twice } = sorted(files, uploads.view(), most)
      const named = (names: readonly string[]) =>
        names.length <= NAMED
          ? names.join(', ')
          : t('others_more', { names: names.slice(0, NAMED).join(', '), count: names.length - NAMED })
      if (others.length > 0)
        toast(t('others', { count: others.length, names: named(others) }), { bad: photos.length === 0 })
      if (most !== undefined && large.length > 0)
        toast(t('large', { count: large.length, names: named(large), most: bytes(most) }), { bad: photos.length === 0 })
      if (twice.length > 0) {
        const names = named(twice.map(one => one.file.name))
        const action = { label: t('twice_add'), do: () => pick(twice) }
        toast(t('twice', { count: twice.length, names }), { action })
      }
      if (photos.length > 0) pick(photos)
    },
    [t, most],
  )
}
