import { fireEvent, render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { type Action, type Actions, actionOf, useKeys } from '@/components/stage/useKeys'

const pressed = (key: string, more: Partial<KeyboardEventInit> = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
})

describe('a key', () => {
  it.each<[string, Action]>([
    ['ArrowLeft', 'previous'],
    ['ArrowRight', 'next'],
    ['+', 'closer'],
    ['-', 'farther'],
    ['0', 'fit'],
    ['1', 'full'],
    [' ', 'flip'],
    ['d', 'download'],
    ['Escape', 'back'],
  ])('%s means %s', (key, action) => {
    expect(actionOf(pressed(key))).toBe(action)
  })

  it('moves the picture with shift, instead of going to another one', () => {
    expect(actionOf(pressed('ArrowLeft', { shiftKey: true }))).toBe('left')
    expect(actionOf(pressed('+', { shiftKey: true }))).toBe('closer')
  })

  it('is left to the browser with Ctrl, Command or Alt', () => {
    for (const name of ['ctrlKey', 'metaKey', 'altKey']) expect(actionOf(pressed('d', { [name]: true }))).toBeNull()
  })
})

function Keys({ actions }: { actions: Actions }) {
  useKeys(actions)
  return (
    <>
      <input aria-label="field" />
      <button type="button">press</button>
    </>
  )
}

describe('keys on the page', () => {
  it('do what they mean', () => {
    const next = vi.fn()
    render(<Keys actions={{ next }} />)
    fireEvent.keyDown(document.body, { key: 'ArrowRight' })
    expect(next).toHaveBeenCalledOnce()
  })

  it('are left to a field that is typed into', () => {
    const download = vi.fn()
    render(<Keys actions={{ download }} />)
    fireEvent.keyDown(screen.getByLabelText('field'), { key: 'd' })
    expect(download).not.toHaveBeenCalled()
  })

  it('leave space to a button, and the rest to the viewer', () => {
    const [flip, fit] = [vi.fn(), vi.fn()]
    render(<Keys actions={{ flip, fit }} />)
    fireEvent.keyDown(screen.getByRole('button'), { key: ' ' })
    fireEvent.keyDown(screen.getByRole('button'), { key: '0' })
    expect(flip).not.toHaveBeenCalled()
    expect(fit).toHaveBeenCalledOnce()
  })

  it('flip once however long space is held, and back when it is let go', () => {
    const flip = vi.fn()
    render(<Keys actions={{ flip }} />)
    const at = (type: string, time: number, repeat = false) => {
      const event = new KeyboardEvent(type, { key: ' ', bubbles: true, repeat })
      Object.defineProperty(event, 'timeStamp', { value: time })
      fireEvent(document.body, event)
    }
    at('keydown', 1000)
    at('keydown', 1300, true)
    expect(flip).toHaveBeenCalledTimes(1)
    at('keyup', 2000)
    expect(flip).toHaveBeenCalledTimes(2)
    at('keydown', 3000)
    at('keyup', 3100)
    expect(flip).toHaveBeenCalledTimes(3)
  })

  it('wait while a dialog is open', () => {
    const back = vi.fn()
    render(
      <>
        <Keys actions={{ back }} />
        <div role="dialog" />
      </>,
    )
    fireEvent.keyDown(document.body, { key: 'Escape' })
    expect(back).not.toHaveBeenCalled()
  })
})
