import type { KeyboardEvent, MouseEvent } from 'react'
import type { Acts } from '../acts'
import { hasEnded, type Row } from '../rows'

/** Whether photos are touched: nothing comes up then by pointing at it. Menus of photos that fly by cost too much else. */
export const touched = () => window.matchMedia('(pointer: coarse)').matches

/** What a cell or a line of the history does when it is pressed, or when keys are pressed on it. */
export function cellProps(row: Row, acts: Acts, choosing: boolean) {
  return {
    'data-row': row.id,
    onFocus: () => acts.focus(row.id),
    onClick: (event: MouseEvent<HTMLElement>) => {
      // Menus are elsewhere on the page, although their clicks come by here.
      if (!event.currentTarget.contains(event.target as Node)) return
      if ((event.target as HTMLElement).closest('button')) return
      if (event.shiftKey || choosing) {
        event.preventDefault()
        acts.choose(row.id, event.shiftKey)
      } else if (!event.metaKey && !event.ctrlKey) {
        event.preventDefault()
        acts.open(row)
      }
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.target !== event.currentTarget || event.altKey || event.metaKey || event.ctrlKey) return
      if (event.key === 'Enter') acts.open(row)
      else if (event.key === ' ') acts.choose(row.id, event.shiftKey)
      else if (event.key === 'Delete' && hasEnded(row)) acts.remove([row])
      else return
      event.preventDefault()
      if (event.key === 'Delete') event.stopPropagation()
    },
  }
}
