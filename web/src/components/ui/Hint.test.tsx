import { fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { Button } from '@/components/ui/Button'
import { IconButton } from '@/components/ui/IconButton'

const hint = () => screen.queryByRole('tooltip')

it('says why a button is off to who comes to it by keyboard, and goes away with the focus', async () => {
  render(<Button off="Nothing is chosen yet">Compare</Button>)
  expect(hint()).toBeNull()
  await userEvent.tab()
  expect(hint()).toHaveTextContent('Nothing is chosen yet')
  expect(screen.getByRole('button', { name: 'Compare' })).toHaveAccessibleDescription('Nothing is chosen yet')
  await userEvent.tab()
  expect(hint()).toBeNull()
})

it('says it to who points at the button for a moment, and stays while it is pointed at itself', async () => {
  render(<IconButton label="Clear the table" icon="x" />)
  // Not as somebody who has just read another hint.
  await new Promise(done => setTimeout(done, 350))
  await userEvent.hover(screen.getByRole('button'))
  expect(hint()).toBeNull()
  expect(await screen.findByRole('tooltip')).toHaveTextContent('Clear the table')
  await userEvent.unhover(screen.getByRole('button'))
  await userEvent.hover(screen.getByRole('tooltip'))
  await new Promise(done => setTimeout(done, 200))
  expect(hint()).not.toBeNull()
  await userEvent.keyboard('{Escape}')
  expect(hint()).toBeNull()
})

it('says it where a finger tapped what is off', () => {
  const press = vi.fn()
  render(
    <Button off="Add photos first" onClick={press}>
      Start all
    </Button>,
  )
  const button = screen.getByRole('button')
  fireEvent.pointerDown(button, { pointerType: 'touch' })
  fireEvent.click(button, { detail: 1 })
  expect(hint()).toHaveTextContent('Add photos first')
  expect(press).not.toHaveBeenCalled()
})

it('leaves the focus on a button that turns off and on', () => {
  const { rerender } = render(<Button>Start</Button>)
  screen.getByRole('button').focus()
  rerender(<Button off="It is being started">Start</Button>)
  expect(screen.getByRole('button')).toHaveFocus()
  rerender(<Button>Start</Button>)
  expect(screen.getByRole('button')).toHaveFocus()
})
