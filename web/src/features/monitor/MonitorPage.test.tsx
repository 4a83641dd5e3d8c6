import '@/../tests/answering'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'
import { answering, askedFor, refusal, show } from '@/../tests/answering'
import { MonitorPage } from '@/features/monitor/MonitorPage'

// A canvas is nothing that jsdom can draw on; what the chart says is told in words beside it.
vi.mock('@/features/monitor/components/Chart', () => ({ default: () => null }))

const stats = { total_tasks: 1205, pending: 3, processing: 1, completed: 1200, failed: 1, cancelled: 0, paused: false }
const sample = {
  timestamp: '2026-11-22T10:00:00.000Z',
  cpu_usage: 80,
  memory_usage: 20,
  gpu_usage: null,
  gpu_memory: null,
  active_tasks: 1,
  queue_size: 3,
  completed: 1,
  failed: 0,
  mean_seconds: 2,
  p95_seconds: 3,
}
const series = {
  step_seconds: 5,
  samples: [{ ...sample, cpu_usage: 40 }, sample],
  hours: [{ hour: '2026-11-22T10:00:00.000Z', completed: 7, failed: 2, mean_seconds: 1.5 }],
}
const performance = { operations: { upscale: { count: 9, mean: 1.5, p95: 12.2 } }, models: {} }
const server = {
  name: 'http://studio.local:8188',
  label: 'server-3fa9c1',
  state: 'up',
  reason: '',
  running: 1,
  pending: 4,
  ours: 2,
  finished: 31,
  failures: 0,
  seconds: 8.4,
  version: '0.3.64',
  devices: ['cuda:0 Card'],
  lacks: {},
}
const health = {
  status: 'ok',
  troubles: [],
  version: '1.0.0',
  database: 'ok',
  engine: {
    kind: 'local',
    workers: [{ name: 'device-1', lane: 'device', device: 'cuda:0', warm_models: ['x4'], memory: 2_000_000_000 }],
    tasks: {},
  },
  warm_models: ['x4'],
  comfyui: { servers: [server], waiting: 0 },
  disk: { free_bytes: 500, needed_bytes: 1000, full: true },
}
const usual = {
  'GET /api/v1/stats': () => stats,
  'GET /api/v1/performance': performance,
  'GET /api/v1/performance/series': series,
  'GET /api/v1/operations': [{ id: 'upscale', title: 'Enlarge', summary: '', params: {} }],
  'GET /api/v1/models': [{ id: 'x4', title: 'Enlarger' }],
  'GET /health': health,
}

beforeEach(() => answering(usual))

it('tells in words what the chart draws', async () => {
  show(<MonitorPage />)
  expect(await screen.findByText(/Processor: now 80%, on average 60%, at most 80%\./)).toBeInTheDocument()
})

it('shows counts, times, workers, servers and a disk that is full', async () => {
  show(<MonitorPage />)
  expect(await screen.findByText('1,205 in all')).toBeVisible()
  expect(await screen.findByRole('row', { name: /^Enlarge 9 1.5 s.* 12 s/ })).toBeVisible()
  expect(await screen.findByText(/Runs on: cuda:0 · Models in memory: Enlarger/)).toBeVisible()
  expect(screen.getByText('http://studio.local:8188')).toBeVisible()
  expect(screen.getByRole('alert')).toHaveTextContent('Too little is free')
  expect(screen.getByText('7 done, 2 failed')).toBeVisible()
})

it('tells of a server what it has to do, what it did and what it is', async () => {
  show(<MonitorPage />)
  const one = (await screen.findByRole('heading', { name: server.name })).closest('li') as HTMLElement
  expect(within(one).getByText('Works')).toBeVisible()
  expect(one).toHaveTextContent('Queue2 ours, 5 of everybody')
  expect(one).toHaveTextContent('Finished31')
  expect(one).toHaveTextContent('Mean time8.4 s')
  expect(one).toHaveTextContent('Version0.3.64')
  expect(one).toHaveTextContent('cuda:0 Card')
})

it('says why a server rests, what it lacks, and how many tasks wait', async () => {
  const resting = { ...server, state: 'resting', reason: `${server.name}: it cannot be connected to`, failures: 3 }
  const poor = { ...server, name: 'http://poor:8188', lacks: { style: ['the node class ImageScale'] } }
  const states = ['trying', 'unknown'].map(state => ({ ...server, name: `http://${state}:8188`, state }))
  const comfyui = { servers: [resting, poor, ...states], waiting: 7 }
  const troubles = ['no ComfyUI server answers: what they paint waits']
  answering({ ...usual, 'GET /health': { ...health, status: 'degraded', troubles, comfyui } })
  show(<MonitorPage />)
  const panel = await screen.findByRole('region', { name: 'ComfyUI servers' })
  expect(panel).toHaveTextContent('7 tasks wait for a server')
  expect(screen.getByText(troubles[0] ?? '')).toBeVisible()
  expect(within(panel).getAllByText('server-3fa9c1')[0]).toBeVisible()
  expect(within(panel).getByText('it cannot be connected to')).toBeVisible()
  expect(panel).toHaveTextContent('3 times')
  expect(panel).toHaveTextContent('It lacks for style:the node class ImageScale')
  for (const word of ['Rests', 'On trial', 'Not heard yet']) expect(within(panel).getByText(word)).toBeVisible()
})

it('says nothing of servers where none is set up', async () => {
  answering({ ...usual, 'GET /health': { ...health, comfyui: { servers: [], waiting: 0 } } })
  show(<MonitorPage />)
  expect(await screen.findByText(/Runs on: cuda:0/)).toBeVisible()
  expect(screen.queryByRole('region', { name: 'ComfyUI servers' })).toBeNull()
})

it('pauses the queue only after it was asked, and goes on', async () => {
  answering({
    ...usual,
    'POST /api/v1/queue/pause': { ...stats, paused: true },
    'POST /api/v1/queue/resume': stats,
  })
  show(<MonitorPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Pause the queue' }))
  expect(askedFor('POST /api/v1/queue/pause')).toHaveLength(0)
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(askedFor('POST /api/v1/queue/pause')).toHaveLength(0)
  await userEvent.click(screen.getByRole('button', { name: 'Pause the queue' }))
  await userEvent.click(screen.getByRole('button', { name: 'Pause the queue' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Go on' }))
  await waitFor(() => expect(screen.getByText('Work is handed out')).toBeVisible())
})

it('says what is wrong when the service does not tell, with a way to ask again', async () => {
  answering({ ...usual, 'GET /api/v1/stats': refusal(503, 'database_away', 'the database cannot be reached') })
  show(<MonitorPage />)
  expect(await screen.findByRole('alert')).toHaveTextContent('the database cannot be reached')
  expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
})
