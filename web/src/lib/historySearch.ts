/** What the history is searched by, as it stands in the address of the page. */
export interface HistorySearch {
  text?: string
  status?: 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled'
  preset?: string
  operation?: string
  style?: string
  /** Least and greatest strength, 0-1. */
  strength_min?: number
  strength_max?: number
  /** Least and greatest longest side of the result, in pixels. */
  resolution_min?: number
  resolution_max?: number
  /** First and last day, as `2026-11-22`. */
  since?: string
  until?: string
  pinned?: boolean
  view?: 'gallery' | 'table'
  /** Ids of results that were picked for comparing, one or two. */
  picked?: string
}

const STATES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const

/** What numbers can be searched by, as the service takes them. */
export const BOUNDS = {
  strength: { least: 0, most: 1, whole: false },
  resolution: { least: 1, most: 2 ** 31 - 1, whole: true },
} as const
export type Bounded = keyof typeof BOUNDS

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Read what an address says; what makes no sense is left out. */
export function readHistorySearch(search: Record<string, unknown>): HistorySearch {
  const found: HistorySearch = {}
  for (const name of ['text', 'preset', 'operation', 'style', 'picked'] as const) {
    const value = search[name]
    // A text of digits alone comes as a number.
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') found[name] = String(value)
  }
  for (const of of ['strength', 'resolution'] as const) {
    for (const name of [`${of}_min`, `${of}_max`] as const) {
      const value = search[name]
      if (typeof value === 'number' && isWithin(of, value)) found[name] = value
    }
  }
  const status = STATES.find(one => one === search.status)
  if (status) found.status = status
  for (const name of ['since', 'until'] as const) {
    const value = search[name]
    if (typeof value === 'string' && isDay(value)) found[name] = value
  }
  if (typeof search.pinned === 'boolean') found.pinned = search.pinned
  if (search.view === 'table' || search.view === 'gallery') found.view = search.view
  return found
}

/** Whether a strength or a longest side can have this value. */
export function isWithin(of: Bounded, value: number): boolean {
  const { least, most, whole } = BOUNDS[of]
  return value >= least && value <= most && (!whole || Number.isInteger(value))
}

/** Whether it is a day that there is: no thirtieth of February. */
function isDay(value: string): boolean {
  if (!DAY.test(value)) return false
  const at = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)
}
