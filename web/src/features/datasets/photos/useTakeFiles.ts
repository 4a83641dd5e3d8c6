import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/lib/api/keys'
import { useLimits } from '@/lib/data/offers'
import { bytes } from '@/lib/format'
import { toast } from '@/lib/toasts'
import { picked } from '../picked'
import { uploads } from '../uploads'

const NAMED = 3
const OFTEN_MS = 1000

/** Takes files for a dataset, and tells of those that were left out. */
export function useTakeFiles(id: string): (files: readonly File[]) => void {
  const { t } = useTranslation('datasets')
  const queries = useQueryClient()
  // Unknown for a moment after the page was opened: then nothing is held back.
  const most = useLimits().data?.upload_bytes
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = uploads.onTaken(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        void queries.invalidateQueries({ queryKey: keys.datasets() })
      }, OFTEN_MS)
    })
    return () => {
      end()
      clearTimeout(timer)
    }
  }, [queries])
  return useCallback(
    (files: readonly File[]) => {
      const found = picked(files, most)
      const named = (names: readonly string[]) =>
        names.length <= NAMED
          ? names.join(', ')
          : t('others_more', { names: names.slice(0, NAMED).join(', '), count: names.length - NAMED })
      if (found.others.length > 0)
        toast(t('others', { names: named(found.others), count: found.others.length }), {
          bad: found.files.length === 0,
        })
      if (found.large.length > 0 && most !== undefined)
        toast(t('large', { names: named(found.large), most: bytes(most), count: found.large.length }), { bad: true })
      if (found.files.length > 0) uploads.add(id, found.files)
    },
    [id, t, most],
  )
}
