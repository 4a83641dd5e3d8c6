import { type ReactNode, useRef } from 'react'
import type { SharedView } from '@/components/stage/SharedView'
import { PANE_CLASS, usePane } from '@/components/stage/usePane'
import type { Size } from '@/components/stage/zoom'

interface PaneProps {
  shared: SharedView
  fit: Size
  limits: { least: number; most: number }
  pans: boolean
  scale: number
  onPinch?: (pinching: boolean) => void
  /** Pressed twice, at this point of the pane. */
  onTwice: (x: number, y: number) => void
  /** Pressed and let go in one place. */
  onPress?: () => void
  children: ReactNode
}

const STILL = 6
const TWICE_MS = 300

/** A part of the stage that takes gestures. */
export function Pane({ shared, fit, limits, pans, scale, onPinch, onTwice, onPress, children }: PaneProps) {
  const { wrapperRef, contentRef } = usePane({
    shared,
    limits,
    pans,
    near: 2 ** Math.max(0, Math.floor(Math.log2(scale))),
    ...(onPinch ? { onPinch } : {}),
  })
  const down = useRef<{ x: number; y: number } | null>(null)
  const last = useRef(0)
  return (
    <div
      ref={wrapperRef}
      className={`${PANE_CLASS} relative min-w-0 flex-1 touch-none overflow-hidden select-none ${pans ? 'cursor-grab active:cursor-grabbing' : ''}`}
      onPointerDownCapture={event => {
        down.current = event.isPrimary && event.button === 0 ? { x: event.clientX, y: event.clientY } : null
      }}
      onPointerUpCapture={event => {
        const from = down.current
        if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL) return
        const box = event.currentTarget.getBoundingClientRect()
        if (event.timeStamp - last.current < TWICE_MS) {
          last.current = 0
          onTwice(event.clientX - box.left, event.clientY - box.top)
        } else {
          last.current = event.timeStamp
          onPress?.()
        }
      }}
    >
      <div
        ref={contentRef}
        aria-hidden
        className="pointer-events-none absolute top-0 left-0 origin-top-left"
        style={{ width: fit.width, height: fit.height }}
      />
      {children}
    </div>
  )
}
