import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Tile } from './Tile'

const trouble = { words: 'The file is damaged.', hint: 'the other photos go on' }
const tile = (more: { trouble: typeof trouble | null }) => <Tile name="a.jpg" picture={null} state={null} {...more} />

it('tells at once what goes wrong while it is there', () => {
  const { rerender } = render(tile({ trouble: null }))
  rerender(tile({ trouble }))
  expect(screen.getByRole('alert')).toHaveTextContent('The file is damaged.')
})

it('only shows what went wrong before it came into view, until it goes wrong again', () => {
  const { rerender } = render(tile({ trouble }))
  expect(screen.getByText('The file is damaged.')).toBeVisible()
  expect(screen.queryByRole('alert')).toBeNull()
  rerender(tile({ trouble: null }))
  rerender(tile({ trouble }))
  expect(screen.getByRole('alert')).toHaveTextContent('The file is damaged.')
})
