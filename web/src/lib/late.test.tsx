import { render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { fetchParts, late } from '@/lib/late'

const Word = ({ word }: { word: string }) => <p>{word}</p>

it('keeps the place until the code is there', async () => {
  const Late = late(() => Promise.resolve(Word), <p>soon</p>)
  render(<Late word="here" />)
  expect(screen.getByText('soon')).toBeVisible()
  expect(await screen.findByText('here')).toBeVisible()
})

it('tries again where the code cannot be fetched', async () => {
  const load = vi.fn(() => Promise.resolve(Word)).mockRejectedValueOnce(new TypeError('Failed to fetch'))
  const Late = late(load, <p>soon</p>)
  render(<Late word="here" />)
  expect(await screen.findByText('here', {}, { timeout: 4000 })).toBeVisible()
  expect(load).toHaveBeenCalledTimes(2)
})

it('is there at once after all parts were fetched', async () => {
  const Late = late(() => Promise.resolve(Word), <p>soon</p>)
  await fetchParts()
  render(<Late word="here" />)
  expect(screen.getByText('here')).toBeVisible()
})
