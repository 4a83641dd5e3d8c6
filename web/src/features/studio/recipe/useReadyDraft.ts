import { useEffect } from 'react'
import { usePresets } from '@/lib/data/offers'
import { type Draft, draftOf, setDraft, useDraft } from '@/lib/draft'
import { preferences } from '@/lib/preferences'

/** What is set now; on a first visit the preset that one begins with, as soon as the presets are known. */
export function useReadyDraft(): Draft | null {
  const draft = useDraft()
  const { data: presets } = usePresets()
  useEffect(() => {
    if (draft || !presets) return
    const first = presets.find(one => one.name === preferences().preset) ?? presets[0]
    if (first) setDraft(draftOf(first.recipe))
  }, [draft, presets])
  return draft
}
