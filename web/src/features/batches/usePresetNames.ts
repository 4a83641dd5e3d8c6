import { useCallback } from 'react'
import { usePresets } from '@/lib/data/offers'
import { presetTitle } from '@/lib/i18n/service'

/** What people call a preset; one that is no longer there keeps its name. */
export function usePresetNames(): (name: string) => string {
  const { data } = usePresets()
  return useCallback(
    (name: string) => {
      const found = data?.find(one => one.name === name)
      return found ? presetTitle(found) : name
    },
    [data],
  )
}
