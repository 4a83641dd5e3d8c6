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
import { Tooltip } from 'radix-ui'
import { expect, it } from 'vitest'
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
      <Tooltip.Provider>
        <RouterProvider router={router as never} />
      </Tooltip.Provider>
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
