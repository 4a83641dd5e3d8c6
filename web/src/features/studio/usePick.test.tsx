import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { answering, show } from '@/../tests/answering'
import type { Picked } from './uploads/picking'
import { usePick } from './usePick'

const { pick } = vi.hoisted(() => ({ pick: vi.fn() }))
vi.mock('./uploads/desk', () => ({ pick, uploads: { view: () => [] } }))

function Taking({ files }: { files: readonly File[] }) {
  const take = usePick()
  return (
    <button type="button" onClick={() => take(files)}>
      Take
    </button>
  )
}

it('tells which photos the service would not take, and sends the others', async () => {
  answering({ 'GET /api/v1/limits': { upload_bytes: 5_000_000, pixels: 1 } })
  const [small, large] = ['small.jpg', 'large.jpg'].map(name => new File(['x'], name))
  if (!small || !large) throw new Error('no files')
  Object.defineProperty(large, 'size', { value: 5_000_001 })
  const { queries } = show(<Taking files={[small, large]} />)
  const button = await screen.findByRole('button', { name: 'Take' })
  await waitFor(() => expect(queries.getQueryData(['offer', 'limits'])).toBeDefined())
  await userEvent.click(button)
  expect(await screen.findByText('Too large, at most 5 MB: large.jpg')).toBeVisible()
  expect(pick.mock.calls.flatMap(([photos]) => photos as Picked[]).map(one => one.file.name)).toEqual(['small.jpg'])
})
