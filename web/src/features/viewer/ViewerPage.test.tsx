import '@/../tests/answering'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { answering, askedFor, refusal } from '@/../tests/answering'
import { exampleTask } from '@/../tests/exampleTask'
import { ViewerPage } from '@/features/viewer/ViewerPage'
import type { Task } from '@/lib/data/useTask'
import { draftNow } from '@/lib/draft'

const ID = 'a'.repeat(32)

/** Opens the viewer over a service that knows this task. */
function open(task: Task | null, more: Record<string, object> = {}) {
  answering({
    'GET /api/v1/operations': [],
    'GET /api/v1/presets': [],
    'GET /api/v1/models': [],
    [`GET /api/v1/tasks/${ID}`]: task ?? refusal(404, 'not_found', 'there is no such task'),
    ...more,
  })
  const root = createRootRoute({ component: Outlet })
  const tree = root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/photos/$taskId', component: ViewerPage }),
    createRoute({ getParentRoute: () => root, path: '/', component: () => <p>studio</p> }),
    createRoute({ getParentRoute: () => root, path: '/history', component: () => <p>history</p> }),
    createRoute({ getParentRoute: () => root, path: '/datasets/d1', component: () => <p>the dataset</p> }),
  ])
  const router = createRouter({
    routeTree: tree,
    history: createMemoryHistory({ initialEntries: [`/photos/${ID}`] }),
  })
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  )
}

it('shows both pictures with their sizes, and what they were made with', async () => {
  open(exampleTask())
  expect(await screen.findByAltText('tower.jpg, before')).toHaveAttribute(
    'src',
    expect.stringMatching(/original\/screen$/),
  )
  expect(screen.getByAltText('tower.jpg, after')).toHaveAttribute('src', expect.stringMatching(/\/screen$/))
  expect(screen.getAllByText('640 × 480').length).toBeGreaterThan(0)
  expect(screen.getByText('3f9a…c41d')).toBeInTheDocument()
  expect(screen.getByText(/^Done in/)).toBeInTheDocument()
})

it('leads on to the dataset that a task builds', async () => {
  open(exampleTask({ kind: 'dataset', params: { dataset: 'd1', until: 'package' }, result: null }))
  expect(await screen.findByText('the dataset')).toBeVisible()
})

it('says which server painted it', async () => {
  const executions = [{ operation: 'stylize', device: 'comfyui', precision: '', server: 'http://one:8188' }]
  const params = { recipe: { name: 'clay', title: 'Clay', steps: [{ operation: 'stylize', backend: 'comfyui' }] } }
  const result = { width: 1280, height: 960, format: 'png', executions }
  open(exampleTask({ backend: 'comfyui', params, result }))
  expect(await screen.findByText('ComfyUI, http://one:8188')).toBeVisible()
  await userEvent.click(screen.getByText('More: how it was computed'))
  expect(screen.getByText('http://one:8188')).toBeVisible()
  expect(screen.queryByText('Precision')).toBeNull()
})

it('goes side by side where the result has another shape, and says why', async () => {
  open(exampleTask({ input_width: 500, input_height: 900 }))
  expect(await screen.findByRole('button', { name: 'Side by side' })).toHaveAttribute('aria-pressed', 'true')
  expect(screen.getByRole('button', { name: 'Slider' })).toHaveAttribute('aria-disabled', 'true')
  expect(screen.getByText(/another shape/)).toBeInTheDocument()
})

it('says how far a running photo is, and cancels it', async () => {
  const running = exampleTask({
    status: 'processing',
    progress: 0.4,
    message: 'processing',
    result: null,
    result_url: null,
  })
  const cancel = `POST /api/v1/tasks/${running.task_id}/cancel`
  open(running, { [cancel]: { ...running, status: 'cancelled' } })
  expect(await screen.findByRole('progressbar')).toHaveAttribute('aria-valuenow', '40')
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(await screen.findByText('It was stopped before it was done.')).toBeInTheDocument()
  expect(askedFor(cancel)).toHaveLength(1)
})

it('says why a photo failed, and tries again', async () => {
  const failed = exampleTask({
    status: 'failed',
    error_code: 'broken_photo',
    error: 'x',
    result: null,
    result_url: null,
  })
  const retry = `POST /api/v1/tasks/${failed.task_id}/retry`
  open(failed, { [retry]: { ...failed, status: 'pending', queue_position: 3 } })
  expect(await screen.findByRole('alert')).toHaveTextContent('The file is damaged or ends too early.')
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('3 photos go before it')).toBeInTheDocument()
  expect(askedFor(retry)).toHaveLength(1)
})

it('says that a photo is not here, and leads on', async () => {
  open(null)
  expect(await screen.findByText('This photo is not here')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'To the history' })).toHaveAttribute('href', '/history')
})

it('takes the settings to the studio', async () => {
  open(exampleTask())
  await userEvent.click(await screen.findByRole('button', { name: 'Use these settings' }))
  expect(await screen.findByText('studio')).toBeInTheDocument()
  expect(draftNow()).toMatchObject({ preset: 'general', steps: [{ operation: 'upscale', scale: 2 }], format: 'png' })
})

it('deletes only after asking', async () => {
  const task = exampleTask()
  const remove = `DELETE /api/v1/tasks/${task.task_id}`
  open(task, { [remove]: {} })
  await userEvent.click(await screen.findByRole('button', { name: 'Delete' }))
  expect(askedFor(remove)).toHaveLength(0)
  await userEvent.click(screen.getAllByRole('button', { name: 'Delete' }).at(-1) as HTMLElement)
  await waitFor(() => expect(askedFor(remove)).toHaveLength(1))
  expect(await screen.findByText('history')).toBeInTheDocument()
})

it('flips in place by space, and goes back by Escape', async () => {
  open(exampleTask())
  await screen.findByAltText('tower.jpg, after')
  await userEvent.keyboard(' ')
  expect(screen.getByRole('button', { name: 'Flip' })).toHaveAttribute('aria-pressed', 'true')
  expect(screen.getAllByText(/^Before/).length).toBeGreaterThan(0)
  await userEvent.keyboard('{Escape}')
  expect(await screen.findByText('history')).toBeInTheDocument()
})
