export const SECTIONS = ['photos', 'review', 'captions', 'coverage', 'settings', 'result'] as const
export type Section = (typeof SECTIONS)[number]

/** What is looked at of a dataset, as it stands in the address of the page. */
export interface DatasetSearch {
  section?: Section
  show?: 'kept' | 'dropped'
  reason?: string
  person?: number
  flagged?: boolean
  text?: string
  /** The photo that is looked at in large. */
  open?: string
  /** The photo whose part is chosen by hand. */
  crop?: string
}

/** Read what an address says; what makes no sense is left out. */
export function readDatasetSearch(search: Record<string, unknown>): DatasetSearch {
  const found: DatasetSearch = {}
  const section = SECTIONS.find(one => one === search.section)
  if (section) found.section = section
  if (search.show === 'kept' || search.show === 'dropped') found.show = search.show
  for (const name of ['reason', 'text', 'open', 'crop'] as const) {
    const value = search[name]
    // A text of digits alone comes as a number.
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') found[name] = String(value)
  }
  if (typeof search.person === 'number' && Number.isInteger(search.person) && search.person >= 0)
    found.person = search.person
  if (search.flagged === true) found.flagged = true
  return found
}
