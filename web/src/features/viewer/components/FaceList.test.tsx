import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { FaceList, toneOf } from '@/features/viewer/components/FaceList'
import { FaceBoxes } from '@/features/viewer/stage/FaceBoxes'
import type { FaceOutcome } from '@/lib/made/result'

const face = (index: number, changed: Partial<FaceOutcome> = {}): FaceOutcome => ({
  index,
  box: [100, 50, 200, 100],
  score: 0.9,
  restored: true,
  reason: '',
  similarity: 0.94,
  ...changed,
})

const faces = [face(0), face(1, { restored: false, reason: 'it looks away', similarity: null })]

function show(onLight = vi.fn(), onShow = vi.fn()) {
  render(<FaceList faces={faces} shown={false} onShow={onShow} onLight={onLight} />)
  return { onLight, onShow }
}

it('tells of each face whether it is still the same person, or why it was left', () => {
  show()
  expect(screen.getByText('2 found, 1 restored')).toBeInTheDocument()
  expect(screen.getByText('still the same person: 0.94')).toBeInTheDocument()
  expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '94')
  expect(screen.getByText('It looks away')).toBeInTheDocument()
})

it('lights a face that has the focus', async () => {
  const { onLight } = show()
  await userEvent.tab()
  await userEvent.tab()
  expect(onLight).toHaveBeenLastCalledWith(0)
  await userEvent.tab()
  expect(onLight).toHaveBeenLastCalledWith(1)
})

it('shows all faces at a switch', async () => {
  const { onShow } = show()
  await userEvent.click(screen.getByRole('switch', { name: 'Show faces on the photo' }))
  expect(onShow).toHaveBeenCalledWith(true)
})

it('warns where it may be somebody else', () => {
  expect([0.94, 0.6, 0.3].map(toneOf)).toEqual(['good', 'amber', 'bad'])
})

it('puts the box where the face is, in shares of the result', () => {
  const { container } = render(<FaceBoxes faces={[face(0)]} frame={{ width: 1000, height: 500 }} lit={0} />)
  expect(container.querySelector('[data-face="0"]')).toHaveStyle({
    left: '10%',
    top: '10%',
    width: '20%',
    height: '20%',
  })
})
