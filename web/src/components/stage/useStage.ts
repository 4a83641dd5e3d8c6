import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { SharedView } from '@/components/stage/SharedView'
import {
  clamped,
  fitInto,
  fitted,
  limitsOf,
  percentOf,
  type Size,
  scaleAt,
  stepped,
  zoomedTo,
} from '@/components/stage/zoom'

/** Zoom and pan of a frame in a pane, as buttons and keys do it. */
export function useStage(frame: Size, pane: Size) {
  const [shared] = useState(() => new SharedView())
  const view = useSyncExternalStore(shared.subscribe, shared.now)
  const density = window.devicePixelRatio || 1
  const { width, height } = frame
  const { fit, limits } = useMemo(() => {
    const size = { width, height }
    const found = fitInto(size, pane)
    return { fit: found, limits: limitsOf(found, size, density) }
  }, [width, height, pane, density])

  const atFit = Math.abs(view.scale - 1) < 0.001
  // A pane of another size: what was whole stays whole, and there is never a gap.
  useEffect(() => {
    const now = shared.now()
    shared.move(Math.abs(now.scale - 1) < 0.001 ? fitted(fit, pane) : clamped(now, fit, pane))
  }, [shared, fit, pane])

  const zoomTo = useCallback(
    (scale: number) => shared.move(zoomedTo(shared.now(), scale, fit, pane)),
    [shared, fit, pane],
  )
  const showAll = useCallback(() => shared.move(fitted(fit, pane)), [shared, fit, pane])
  const full = scaleAt(100, fit, { width, height }, density)
  return {
    shared,
    view,
    fit,
    limits,
    atFit,
    percent: percentOf(view.scale, fit, { width, height }, density),
    showAll,
    showFull: () => zoomTo(full),
    closer: () => zoomTo(stepped(shared.now().scale, 1, limits)),
    farther: () => zoomTo(stepped(shared.now().scale, -1, limits)),
    pan: (x: number, y: number) => {
      const now = shared.now()
      shared.move(clamped({ scale: now.scale, x: now.x + x, y: now.y + y }, fit, pane))
    },
    /** Close up at a point of the pane, or back to the whole. */
    toggleAt: (x: number, y: number) => {
      const now = shared.now()
      if (Math.abs(now.scale - 1) > 0.001) return showAll()
      const scale = full > 1.2 ? full : Math.min(limits.most, 2.5)
      const share = scale / now.scale
      shared.move(clamped({ scale, x: x - (x - now.x) * share, y: y - (y - now.y) * share }, fit, pane))
    },
  }
}
