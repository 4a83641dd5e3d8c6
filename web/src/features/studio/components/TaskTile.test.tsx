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
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { answering, askedFor, show } from '@/../tests/answering'
import { exampleTask } from '@/../tests/exampleTask'
import { keys } from '@/lib/api/keys'
import { TaskTile } from './TaskTile'

it('shows what a running photo looks like so far, and its thumbnail where that is gone', async () => {
  const task = exampleTask({ status: 'processing', progress: 0.1, thumbnail_url: null, result_url: null, result: null })
  const queries = new QueryClient()
  queries.setQueryData(keys.task(task.task_id), task)
  const root = createRootRoute({ component: Outlet })
  const tree = root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/', component: () => <TaskTile known={task} /> }),
    createRoute({ getParentRoute: () => root, path: '/photos/$taskId', component: () => null }),
  ])
  const router = createRouter({ routeTree: tree, history: createMemoryHistory({ initialEntries: ['/'] }) })
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  )
  await screen.findByRole('article')
  expect(screen.queryByTestId('glimpse')).toBeNull()
  const tell = (glimpse: string | null) =>
    act(() => queries.setQueryData(keys.running(task.task_id), { progress: 0.5, message: 'processing', glimpse }))
  tell('/api/v1/tasks/x/glimpse?number=1')
  const shown = await screen.findByTestId('glimpse')
  expect(shown).toHaveAttribute('src', '/api/v1/tasks/x/glimpse?number=1')
  tell('/api/v1/tasks/x/glimpse?number=2')
  // The same element: the old picture stays until the new one is there.
  await waitFor(() => expect(shown).toHaveAttribute('src', '/api/v1/tasks/x/glimpse?number=2'))
  expect(screen.getByTestId('glimpse')).toBe(shown)
  fireEvent.error(shown)
  expect(screen.queryByTestId('glimpse')).toBeNull()
  expect(screen.getByRole('article').querySelector('img')).toHaveAttribute('src', task.original_thumbnail_url)
})

const FAILED = { status: 'failed', error: 'the file ends too early', result: null, result_url: null } as const

it('offers to take a photo off the table that was refused when it was sent, as a retry is no use', async () => {
  const task = exampleTask({ ...FAILED, error_code: 'broken_photo', started_at: null })
  const path = `/api/v1/tasks/${task.task_id}`
  answering({ [`GET ${path}`]: task, [`DELETE ${path}`]: {} })
  show(<TaskTile known={task} />)
  expect(await screen.findByText('choose a whole copy of it; the others go on')).toBeVisible()
  expect(screen.queryByRole('button', { name: /Try|Retry/ })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Remove' }))
  await waitFor(() => expect(askedFor(`DELETE ${path}`)).toHaveLength(1))
})

it('offers to try a photo again that failed while it was worked on', async () => {
  const task = exampleTask({ ...FAILED, error_code: 'worker_crashed' })
  const path = `/api/v1/tasks/${task.task_id}`
  answering({ [`GET ${path}`]: task, [`POST ${path}/retry`]: { ...task, status: 'pending' } })
  show(<TaskTile known={task} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(askedFor(`POST ${path}/retry`)).toHaveLength(1))
})
