import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { type Point, placeBeside, type Side } from '@/components/ui/placeBeside'

export type { Side }

interface BubbleProps {
  id: string
  /** What it is about. */
  anchor: HTMLElement
  side: Side
  children: ReactNode
  /** The pointer is over it: it can be read, and copied from. */
  onStay: () => void
  onLeave: () => void
  /** Escape was pressed. */
  onClose: () => void
}

/** A small box beside something, over everything. */
export function Bubble({ id, anchor, side, children, onStay, onLeave, onClose }: BubbleProps) {
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<Point | null>(null)
  useLayoutEffect(() => {
    void children
    const place = () => {
      if (!box.current) return
      const { width, height } = box.current.getBoundingClientRect()
      const window = document.documentElement
      const room = { width: window.clientWidth, height: window.clientHeight }
      setAt(placeBeside(anchor.getBoundingClientRect(), { width, height }, side, room))
    }
    place()
    // What gets the focus may be scrolled into view just then.
    window.addEventListener('scroll', place, { capture: true, passive: true })
    window.addEventListener('resize', place)
    return () => {
      window.removeEventListener('scroll', place, { capture: true })
      window.removeEventListener('resize', place)
    }
  }, [anchor, side, children])
  const closing = useRef(onClose)
  closing.current = onClose
  useEffect(() => {
    const key = (event: KeyboardEvent) => event.key === 'Escape' && closing.current()
    document.addEventListener('keydown', key)
    return () => document.removeEventListener('keydown', key)
  }, [])
  return createPortal(
    <div
      ref={box}
      id={id}
      role="tooltip"
      onPointerEnter={onStay}
      onPointerLeave={onLeave}
      style={{ left: at?.left ?? 0, top: at?.top ?? 0, visibility: at ? 'visible' : 'hidden' }}
      className="pointer-events-auto fixed z-60 w-max max-w-64 rounded-sm border border-line bg-raised px-2.5 py-1 text-fact text-ink shadow-card print:hidden"
    >
      {children}
    </div>,
    document.body,
  )
}
