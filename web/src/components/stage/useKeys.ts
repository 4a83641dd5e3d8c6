import { useEffect, useRef } from 'react'

export type Action =
  | 'previous'
  | 'next'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'closer'
  | 'farther'
  | 'fit'
  | 'full'
  | 'flip'
  | 'download'
  | 'back'

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>

const PLAIN: Record<string, Action> = {
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  '+': 'closer',
  '=': 'closer',
  '-': 'farther',
  _: 'farther',
  '0': 'fit',
  '1': 'full',
  ' ': 'flip',
  d: 'download',
  D: 'download',
  Escape: 'back',
}

const SHIFTED: Record<string, Action> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/** What a key means in the viewer; `null` where it is none of its business. */
export function actionOf(pressed: Pressed): Action | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null
  return (pressed.shiftKey ? SHIFTED[pressed.key] : undefined) ?? PLAIN[pressed.key] ?? null
}

const TYPING = 'input, textarea, select, [contenteditable="true"]'
const PRESSED_BY_SPACE = 'button, a, summary, [role="switch"], [role="menuitem"]'

/** Whether the key belongs to what has the focus: a field, a button, an open dialog or menu. */
export function belongsElsewhere(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]'))
    return true
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest(TYPING)) return true
  return event.key === ' ' && Boolean(target?.closest(PRESSED_BY_SPACE))
}

export type Actions = Partial<Record<Action, () => void>>

const HELD_MS = 400

/** Do what keys ask for. A flip by a key that is held ends when it is let go. */
export function useKeys(actions: Actions): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    let since: number | null = null
    const down = (event: KeyboardEvent) => {
      const action = actionOf(event)
      const act = action && latest.current[action]
      if (!action || !act || belongsElsewhere(event)) return
      event.preventDefault()
      if (action === 'flip') {
        if (event.repeat) return
        since = event.timeStamp
      }
      act()
    }
    const up = (event: KeyboardEvent) => {
      if (event.key !== ' ' || since === null) return
      if (event.timeStamp - since > HELD_MS) latest.current.flip?.()
      since = null
    }
    window.addEventListener('keydown', down)
    window.addEventListener('keyup', up)
    return () => {
      window.removeEventListener('keydown', down)
      window.removeEventListener('keyup', up)
    }
  }, [])
}
