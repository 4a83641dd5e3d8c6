import { useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { type ReactZoomPanPinchProps, useZoomPanPinch } from 'react-zoom-pan-pinch'
import type { SharedView } from '@/components/stage/SharedView'
import type { View } from '@/components/stage/zoom'

interface PaneArgs {
  shared: SharedView
  limits: { least: number; most: number }
  /** Whether a drag moves the picture. */
  pans: boolean
  /** How close it is now, roughly: the wheel goes in larger steps close up. */
  near: number
  onPinch?: (pinching: boolean) => void
}

/** Needed by the library to find what a drag must leave alone. */
export const PANE_CLASS = 'react-transform-wrapper'
export const HANDLE_CLASS = 'divider-handle'
/** How much a notch of a wheel adds, as a share of the scale. */
const WHEEL = 0.003

/** Wheel, drag and pinch on one pane, told to all that share its view. */
export function usePane({ shared, limits, pans, near, onPinch }: PaneArgs) {
  const { least, most } = limits
  const props = useMemo<ReactZoomPanPinchProps>(
    () => ({
      minScale: least,
      maxScale: most,
      limitToBounds: true,
      centerZoomedOut: true,
      wheel: { step: WHEEL * near },
      panning: { disabled: !pans, excluded: [HANDLE_CLASS], velocityDisabled: true },
      pinch: { allowPanning: true },
      doubleClick: { disabled: true },
      zoomAnimation: { disabled: true },
      autoAlignment: { sizeX: 0, sizeY: 0, animationTime: 0 },
      onPinchStart: () => onPinch?.(true),
      onPinchStop: () => onPinch?.(false),
    }),
    [least, most, pans, near, onPinch],
  )
  const { wrapperRef, contentRef, instance } = useZoomPanPinch(props)
  useEffect(() => instance.current.update(props), [instance, props])

  const following = useRef(false)
  useLayoutEffect(() => {
    const library = instance.current
    const pane = {
      show({ scale, x, y }: View) {
        following.current = true
        library.setState(scale, x, y)
        following.current = false
        place(wrapperRef.current, { scale, x, y })
      },
    }
    const leave = shared.join(pane)
    pane.show(shared.now())
    const forget = library.onTransform(({ scale, positionX, positionY }) => {
      if (following.current) return
      const view = { scale, x: positionX, y: positionY }
      place(wrapperRef.current, view)
      shared.move(view, pane)
    })
    return () => {
      leave()
      forget()
    }
  }, [instance, shared, wrapperRef])
  return { wrapperRef, contentRef }
}

/** What lies on the pane follows by these variables: nothing is drawn anew by React while it moves. */
function place(pane: HTMLElement | null, { scale, x, y }: View): void {
  pane?.style.setProperty('--zoom', String(scale))
  pane?.style.setProperty('--x', `${x}px`)
  pane?.style.setProperty('--y', `${y}px`)
}
