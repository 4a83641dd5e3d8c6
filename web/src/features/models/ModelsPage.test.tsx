import '@/../tests/answering'
import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it } from 'vitest'
import { answerAlso, answering, askedFor, refusal, show } from '@/../tests/answering'
import { ModelsPage } from '@/features/models/ModelsPage'
import { forgetPull, rememberPull } from '@/features/models/pulls'
import { keys } from '@/lib/api/keys'

const PULL = 'POST /api/v1/models/x4/pull'
const TASK = 'GET /api/v1/tasks/t1'

const model = {
  id: 'x4',
  title: 'Enlarger',
  task: 'upscale',
  scale: 4,
  licence: 'MIT',
  state: 'can be fetched',
  warm: false,
  bytes: 33_000_000,
  own: false,
  verified: true,
  fetchable: true,
  reason: null,
  memory: null,
}
const faces = {
  ...model,
  id: 'faces',
  title: 'Restorer',
  task: 'restore_faces',
  licence: 'S-Lab-1.0',
  state: 'needs acceptance',
  fetchable: false,
  reason: 'has to be accepted first (accept it with `safelight models pull --accept-licence S-Lab-1.0 faces`)',
}
const health = {
  status: 'ok',
  version: '1.0.0',
  database: 'ok',
  engine: { kind: 'local', workers: [], tasks: {} },
  warm_models: [],
  comfyui: { servers: [] },
  disk: { free_bytes: 5_000_000_000, needed_bytes: 1, full: false },
}
const task = (changes: object) => ({
  task_id: 't1',
  kind: 'pull',
  status: 'processing',
  progress: 0.1,
  message: 'fetching 3.3 of 33 MB',
  error: null,
  error_code: null,
  ...changes,
})

beforeEach(() => {
  forgetPull('x4')
  answering({
    'GET /api/v1/models': [model, faces],
    'GET /api/v1/presets': [],
    'GET /health': health,
    [PULL]: task({}),
    [TASK]: task({}),
  })
})

const get = () => screen.findByRole('button', { name: 'Get it: Enlarger' })

it('follows a fetch, takes what comes meanwhile, and ends with the model being here', async () => {
  const { queries } = show(<ModelsPage />)
  await userEvent.click(await get())
  expect(await screen.findByText('3.3 MB of 33 MB')).toBeVisible()
  act(() => queries.setQueryData(keys.running('t1'), { progress: 0.5, message: 'fetching 17 of 33 MB' }))
  expect(await screen.findByText('17 MB of 33 MB')).toBeVisible()
  expect(screen.getByRole('progressbar', { name: 'Fetching Enlarger' })).toHaveAttribute('aria-valuenow', '50')

  answerAlso({ [TASK]: task({ status: 'completed' }), 'GET /api/v1/models': [{ ...model, state: 'installed' }, faces] })
  await act(() => queries.invalidateQueries({ queryKey: keys.task('t1') }))
  await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull())
  expect(screen.getByText('1 of 2 here')).toBeVisible()
  expect(await screen.findByText('Enlarger is here.')).toBeVisible()
})

it('says which models are not tried with their real weights', async () => {
  answerAlso({ 'GET /api/v1/models': [model, { ...faces, verified: false }] })
  show(<ModelsPage />)
  expect(await screen.findByText('Unverified')).toBeVisible()
  expect(screen.getAllByText('Unverified')).toHaveLength(1)
})

it('finds a fetch again after the page was closed', async () => {
  rememberPull('x4', 't1')
  show(<ModelsPage />)
  expect(await screen.findByText('3.3 MB of 33 MB')).toBeVisible()
  expect(askedFor(PULL)).toHaveLength(0)
})

it('forgets a fetch that the service knows no longer', async () => {
  rememberPull('x4', 't1')
  answerAlso({ [TASK]: refusal(404, 'not_found', 'no such task') })
  show(<ModelsPage />)
  expect(await get()).toBeVisible()
})

it('says why a fetch failed, and tries again', async () => {
  answerAlso({ [PULL]: task({ status: 'failed', error: 'no network here', error_code: 'missing_weights' }) })
  show(<ModelsPage />)
  await userEvent.click(await get())
  expect(await screen.findByRole('alert')).toHaveTextContent('no network here')
  answerAlso({ [PULL]: task({}) })
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('3.3 MB of 33 MB')).toBeVisible()
  expect(askedFor(PULL)).toHaveLength(2)
})

it('says why a fetch was not even begun', async () => {
  answerAlso({ [PULL]: refusal(403, 'forbidden', 'a user may not fetch any') })
  show(<ModelsPage />)
  await userEvent.click(await get())
  expect(await screen.findByRole('alert')).toHaveTextContent('a user may not fetch any')
})

it('stops a fetch', async () => {
  rememberPull('x4', 't1')
  answerAlso({ 'POST /api/v1/tasks/t1/cancel': task({}) })
  const { queries } = show(<ModelsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Stop' }))
  expect(await screen.findByText('Stopping')).toBeVisible()
  answerAlso({ [TASK]: task({ status: 'cancelled' }) })
  await act(() => queries.invalidateQueries({ queryKey: keys.task('t1') }))
  expect(askedFor('POST /api/v1/tasks/t1/cancel')).toHaveLength(1)
  expect(await get()).toBeVisible()
})

it('tells what a licence forbids, and how it is accepted', async () => {
  show(<ModelsPage />)
  const row = (await screen.findByRole('heading', { name: 'Restorer 4×' })).closest('li') as HTMLElement
  expect(within(row).getByText('not for commercial use')).toBeVisible()
  await userEvent.click(within(row).getByRole('button', { name: 'How to get it: Restorer' }))
  expect(screen.getByRole('dialog')).toHaveTextContent('safelight models pull --accept-licence S-Lab-1.0 faces')
})

it('can be searched, and says so when nothing is called that', async () => {
  show(<ModelsPage />)
  await get()
  await userEvent.type(screen.getByRole('searchbox', { name: 'Search models' }), 'zzz')
  expect(screen.getByText('No model is called that')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Show all models' }))
  expect(await get()).toBeVisible()
})
