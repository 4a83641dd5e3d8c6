import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { answering, askedFor, show } from '@/../tests/answering'
import type { Batch } from '../api/listBatches'
import { useBatchActs } from '../useBatchActs'
import { BatchMenu } from './BatchMenu'

const RETRY = 'POST /api/v1/batches/b1/retry'

function Menu({ failed, cancelled, refused }: { failed: number; cancelled: number; refused: number }) {
  const acts = useBatchActs('b1')
  const batch = { batch_task_id: 'b1', pending: 0, processing: 0, failed, refused, cancelled } as Batch
  return <BatchMenu batch={batch} acts={acts} onCancel={() => undefined} onDelete={() => undefined} />
}

/** Open the menu of such a batch; gives what it offers. */
async function offered(failed: number, cancelled: number, refused = 0) {
  answering({ [RETRY]: {} })
  show(<Menu failed={failed} cancelled={cancelled} refused={refused} />)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'More' }))
  return { user, labels: screen.getAllByRole('menuitem').map(one => one.textContent) }
}

it('offers nothing to be done again where nothing failed and nothing was cancelled', async () => {
  const { labels } = await offered(0, 0)
  expect(labels).toEqual(['Open in the studio', 'Report', 'Delete'])
})

it('does the failed ones again, and asks for no others', async () => {
  const { user, labels } = await offered(2, 1)
  expect(labels).toContain('Retry failed and cancelled')
  await user.click(screen.getByRole('menuitem', { name: 'Retry failed' }))
  await waitFor(() => expect(askedFor(RETRY).map(one => one.query)).toEqual(['']))
})

it('offers none of those again that were refused when they were sent', async () => {
  const { labels } = await offered(2, 0, 2)
  expect(labels).toEqual(['Open in the studio', 'Report', 'Delete'])
})

it('offers cancelled ones again beside refused ones', async () => {
  const { labels } = await offered(2, 1, 2)
  expect(labels).toContain('Do the cancelled ones again')
  expect(labels).not.toContain('Retry failed')
})

it('does cancelled ones again where that is chosen', async () => {
  const { user, labels } = await offered(0, 3)
  expect(labels).not.toContain('Retry failed')
  await user.click(screen.getByRole('menuitem', { name: 'Do the cancelled ones again' }))
  await waitFor(() => expect(askedFor(RETRY).map(one => one.query)).toEqual(['?cancelled=true']))
})
