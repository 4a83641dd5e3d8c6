import {
  type AriaAttributes,
  cloneElement,
  type DOMAttributes,
  type ReactElement,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import { Bubble, type Side } from '@/components/ui/Bubble'

const POINTED_MS = 400
/** So long the pointer may be on its way from what is hinted at to the hint. */
const LEFT_MS = 120
/** Who has just read one hint need not wait for the next. */
const NEXT_MS = 300
let closedAt = Number.NEGATIVE_INFINITY

type Hinted = AriaAttributes & DOMAttributes<HTMLElement>

interface HintProps {
  /** None: there is nothing to say now. */
  words: string
  side?: Side
  children: ReactElement<Hinted>
}

/**
 * A few words about what is pointed at or has the focus; on a touch screen about what cannot be pressed, once it was
 * tapped. What is within stays as it is in the page, with or without words.
 *
 * Not Radix's: nearly every button has one, so it has to be there at once, and its part is 17 KB.
 */
export function Hint({ words, side = 'top', children }: HintProps) {
  const id = useId()
  const timer = useRef(0)
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  useEffect(() => () => window.clearTimeout(timer.current), [])

  const after = (wait: number, next: HTMLElement | null) => {
    window.clearTimeout(timer.current)
    const act = () => {
      if (next === null) closedAt = performance.now()
      setAnchor(next)
    }
    if (wait > 0) timer.current = window.setTimeout(act, wait)
    else act()
  }
  const close = (wait = 0) => after(anchor === null ? 0 : wait, null)
  const own = children.props
  const shown = anchor !== null && words !== ''
  const named = own['aria-label'] === words
  return (
    <>
      {cloneElement<Hinted>(children, {
        ...(shown && !named ? { 'aria-describedby': id } : {}),
        onPointerEnter: event => {
          own.onPointerEnter?.(event)
          if (event.pointerType === 'touch') return
          after(performance.now() - closedAt < NEXT_MS ? 0 : POINTED_MS, event.currentTarget)
        },
        onPointerLeave: event => {
          own.onPointerLeave?.(event)
          if (event.pointerType !== 'touch') close(LEFT_MS)
        },
        onPointerDown: event => {
          own.onPointerDown?.(event)
          close()
        },
        onClick: event => {
          own.onClick?.(event)
          const off = event.currentTarget.getAttribute('aria-disabled') === 'true'
          if (off && event.detail > 0) after(0, event.currentTarget)
        },
        onFocus: event => {
          own.onFocus?.(event)
          if (event.currentTarget.matches(':focus-visible')) after(0, event.currentTarget)
        },
        onBlur: event => {
          own.onBlur?.(event)
          close()
        },
      })}
      {shown && (
        <Bubble
          id={id}
          anchor={anchor}
          side={side}
          onStay={() => window.clearTimeout(timer.current)}
          onLeave={() => close(LEFT_MS)}
          onClose={() => close()}
        >
          {words}
        </Bubble>
      )}
    </>
  )
}
