import type { Row } from './rows'

/** What can be done with photos of the history. The same object as long as the page is there. */
export interface Acts {
  open: (row: Row) => void
  /** Choose a photo or no longer; with `range` all up to it. */
  choose: (id: string, range: boolean) => void
  /** It has the focus of the keyboard. */
  focus: (id: string) => void
  /** These turned out to be deleted by somebody else. */
  gone: (ids: readonly string[]) => void
  again: (row: Row) => void
  takeSettings: (row: Row) => void
  report: (row: Row) => void
  pin: (rows: readonly Row[], pinned: boolean) => void
  download: (rows: readonly Row[]) => void
  remove: (rows: readonly Row[]) => void
}
