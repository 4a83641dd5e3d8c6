import { useQuery } from '@tanstack/react-query'
import { useSettled } from '@/lib/useSettled'
import { lintCaption } from '../api/captions'

const TYPING_MS = 400

/** What the linter says of a caption while it is typed; null as long as it has not said anything of this text. */
export function useLint(dataset: string, text: string | null) {
  const settled = useSettled(text, TYPING_MS)
  const { data } = useQuery({
    queryKey: ['lint', dataset, settled] as const,
    queryFn: ({ signal }) => lintCaption(dataset, settled ?? '', signal),
    enabled: settled !== null && settled.trim() !== '',
    gcTime: 60_000,
    retry: 0,
  })
  return text !== null && settled === text ? (data ?? null) : null
}
