import type { HistorySearch } from '@/lib/historySearch'

/** What the history is searched by; how it is shown and what is picked make no difference to it. */
export type Filters = Omit<HistorySearch, 'view' | 'picked'>

export const NAMES = [
  'text',
  'status',
  'preset',
  'operation',
  'style',
  'strength_min',
  'strength_max',
  'resolution_min',
  'resolution_max',
  'since',
  'until',
  'pinned',
] as const
export type FilterName = (typeof NAMES)[number]

export function filtersOf(search: HistorySearch): Filters {
  const { view: _view, picked: _picked, ...filters } = search
  return filters
}

/** The filters that are set, in the order in which they are shown. */
export function setOnes(filters: Filters): FilterName[] {
  return NAMES.filter(name => filters[name] !== undefined)
}

/** Set a filter; an empty value takes it away. Whatever was picked stays. */
export function withFilter<N extends FilterName>(
  search: HistorySearch,
  name: N,
  value: HistorySearch[N] | '' | undefined,
): HistorySearch {
  const { [name]: _old, ...rest } = search
  return value === undefined || value === '' ? (rest as HistorySearch) : { ...rest, [name]: value }
}

export function cleared(search: HistorySearch): HistorySearch {
  return {
    ...(search.view ? { view: search.view } : {}),
    ...(search.picked ? { picked: search.picked } : {}),
  }
}

/** The filters as the service takes them. Days begin and end where the person is. */
export function askedOf(filters: Filters) {
  const { status, since, until, text, ...rest } = filters
  return {
    ...rest,
    ...(text?.trim() ? { text: text.trim().slice(0, 200) } : {}),
    ...(status ? { status: [status] } : {}),
    ...(since ? { since: startOf(since).toISOString() } : {}),
    ...(until ? { until: new Date(startOf(until, 1).getTime() - 1).toISOString() } : {}),
  }
}

function startOf(day: string, later = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const start = new Date(2000, 0, 1)
  start.setFullYear(year, month - 1, date + later)
  return start
}
