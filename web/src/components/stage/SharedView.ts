import type { View } from '@/components/stage/zoom'

/** Somebody who shows a view: a pane. */
export interface Pane {
  show(view: View): void
}

/** The one transform of all panes: what moves in one moves in the others. */
export class SharedView {
  private view: View = { scale: 1, x: 0, y: 0 }
  private readonly panes = new Set<Pane>()
  private readonly listeners = new Set<() => void>()

  now = (): View => this.view

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  join(pane: Pane): () => void {
    this.panes.add(pane)
    return () => this.panes.delete(pane)
  }

  /** A pane was moved by hand, or all are by a button. */
  move(view: View, from: Pane | null = null): void {
    const { scale, x, y } = this.view
    if (scale === view.scale && x === view.x && y === view.y) return
    this.view = view
    for (const pane of this.panes) if (pane !== from) pane.show(view)
    for (const listener of this.listeners) listener()
  }
}
