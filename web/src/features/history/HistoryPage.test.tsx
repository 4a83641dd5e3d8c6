import './fetching'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { act, configure, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { keys } from '@/lib/api/keys'
import { readHistorySearch } from '@/lib/historySearch'
import { answering, askedSoFar } from './fetching'
import { down, task } from './fixtures'
import { HistoryPage } from './HistoryPage'
import type { Task } from './rows'

// A busy machine is no reason to fail.
configure({ asyncUtilTimeout: 8000 })
vi.setConfig({ testTimeout: 30_000 })

// A window that is as large as a screen: else no photo could be seen.
beforeAll(() => {
  for (const [name, value] of Object.entries({ clientWidth: 900, clientHeight: 700 }))
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value })
})

let all: Task[] = []

/** Tasks newest first, in pages as they are asked for; the cursor is the number of the last one. */
function tasksAnswer(asked: URL): object {
  const limit = Math.min(4, Number(asked.searchParams.get('limit')))
  const from = asked.searchParams.get('cursor')
  const text = asked.searchParams.get('text') ?? ''
  const found = all.filter(one => one.filename.includes(text))
  const start = from === null ? 0 : found.findIndex(one => one.task_id === from) + 1
  const tasks = found.slice(start, start + limit)
  return { tasks, next: start + limit < found.length ? (tasks.at(-1)?.task_id ?? null) : null }
}

beforeEach(() => {
  all = down(10, 1).map(number => task(number))
  answering((asked, method) => {
    const id = asked.pathname.split('/').at(-1)
    if (method === 'DELETE') {
      if (id === 't8') return 409
      all = all.filter(one => one.task_id !== id)
      return 204
    }
    if (asked.pathname === '/api/v1/tasks') return tasksAnswer(asked)
    if (asked.pathname.endsWith('/facets')) return { presets: ['cartoon'], operations: ['cartoonize'], styles: [] }
    if (asked.pathname.startsWith('/api/v1/tasks/')) return all.find(one => one.task_id === id) ?? 404
    if (asked.pathname.endsWith('/stats')) return { total_tasks: 10, completed: 10 }
    return asked.pathname.match(/presets|operations|styles/) ? [] : 404
  })
})

function show(address: string) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } })
  const root = createRootRoute({ component: Outlet })
  const history = createRoute({
    getParentRoute: () => root,
    path: '/history',
    validateSearch: readHistorySearch,
    component: HistoryPage,
  })
  const other = createRoute({ getParentRoute: () => root, path: '$', component: () => <p>elsewhere</p> })
  const router = createRouter({
    routeTree: root.addChildren([history, other]),
    history: createMemoryHistory({ initialEntries: [address] }),
  })
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  )
  return { queries, router, user: userEvent.setup() }
}

const cell = (number: number) => screen.findByRole('gridcell', { name: new RegExp(`^photo ${number}\\.jpg`) })
// Also those that a dialog lies over.
const names = () =>
  screen.getAllByRole('gridcell', { hidden: true }).map(one => one.getAttribute('aria-label')?.split('.')[0])

it('reads page after page until the end, and shows every photo once', async () => {
  show('/history')
  await cell(1)
  expect(names()).toEqual(down(10, 1).map(number => `photo ${number}`))
  expect(screen.getByText('10 photos in all')).toBeVisible()
  const pages = askedSoFar().filter(one => one.includes('cursor='))
  expect(pages.map(one => new URLSearchParams(one.split('?')[1]).get('cursor'))).toEqual(['t7', 't3'])
})

it('searches by what the address says, and the address follows what is typed', async () => {
  const { router, user } = show('/history?text=photo&status=completed')
  await cell(10)
  const field = screen.getByRole('searchbox')
  expect(field).toHaveValue('photo')
  expect(askedSoFar()).toContain('GET /api/v1/tasks?text=photo&status=completed&limit=100')
  await user.clear(field)
  await user.type(field, 'photo 7')
  await waitFor(() => expect(router.state.location.search).toEqual({ text: 'photo 7', status: 'completed' }))
  await waitFor(() => expect(names()).toEqual(['photo 7']))
  // Not one address for each letter.
  expect(router.history.length).toBe(1)
  await user.click(screen.getByRole('button', { name: /^Text\s*photo 7/ }))
  await cell(10)
  expect(field).toHaveValue('')
  expect(router.state.location.search).toEqual({ status: 'completed' })
})

it('searches by strength and longest side, which are folded away until they are wanted', async () => {
  const { router, user } = show('/history?strength_min=0.3')
  await cell(10)
  expect(askedSoFar()).toContain('GET /api/v1/tasks?strength_min=0.3&limit=100')
  const strength = screen.getByRole('group', { name: 'Strength' })
  expect(within(strength).getByLabelText('Strength from')).toHaveValue(0.3)
  await user.type(within(strength).getByLabelText('Strength to'), '0.50')
  await user.type(screen.getByLabelText('Longest side from'), '1024')
  await waitFor(() =>
    expect(router.state.location.search).toEqual({ strength_min: 0.3, strength_max: 0.5, resolution_min: 1024 }),
  )
  // What is being typed stays as it is typed.
  expect(within(strength).getByLabelText<HTMLInputElement>('Strength to').value).toBe('0.50')
  expect(screen.getByRole('button', { name: /^Longest side from\s*1,024 px/ })).toBeVisible()
  await user.click(screen.getByRole('button', { name: /^Strength to\s*0.5/ }))
  await waitFor(() => expect(router.state.location.search).toEqual({ strength_min: 0.3, resolution_min: 1024 }))
  expect(within(strength).getByLabelText('Strength to')).toHaveValue(null)
  await user.click(screen.getByRole('button', { name: 'Clear all' }))
  await waitFor(() => expect(router.state.location.search).toEqual({}))
  expect(within(strength).getByLabelText('Strength from')).toHaveValue(null)
})

it('opens what is searched by less often with a button, and takes no strength that cannot be', async () => {
  const { router, user } = show('/history')
  await cell(10)
  expect(screen.queryByRole('group', { name: 'Strength' })).toBeNull()
  const more = screen.getByRole('button', { name: 'More' })
  expect(more).toHaveAttribute('aria-expanded', 'false')
  await user.click(more)
  const from = screen.getByLabelText('Strength from')
  await user.type(from, '7')
  expect(from).toHaveAttribute('aria-invalid', 'true')
  await user.clear(from)
  await user.type(from, '0.7')
  await user.type(screen.getByLabelText('Strength to'), '0.2')
  await waitFor(() => expect(router.state.location.search).toEqual({ strength_min: 0.7, strength_max: 0.2 }))
  // Nothing can be between them.
  expect(from).toHaveAttribute('aria-invalid', 'true')
  expect(askedSoFar().some(one => one.includes('strength_min=7'))).toBe(false)
})

it('says when nothing matches, and leads back to everything', async () => {
  const { user } = show('/history?text=nowhere')
  expect(await screen.findByText('No photo matches')).toBeVisible()
  await user.click(screen.getAllByRole('button', { name: 'Clear all' })[0] as HTMLElement)
  await cell(10)
})

it('leads to the studio while there is nothing at all', async () => {
  all = []
  show('/history')
  expect(await screen.findByText('Nothing here yet')).toBeVisible()
  expect(screen.getByRole('link', { name: 'To the studio' })).toHaveAttribute('href', '/')
})

it('compares two that were picked, and keeps them in the address', async () => {
  const { router, user } = show('/history?picked=t9')
  await cell(4)
  const link = () => screen.queryByRole('link', { name: 'Compare' })
  expect(link()).toBeNull()
  await user.click(within(await cell(4)).getByRole('checkbox'))
  expect(link()).toHaveAttribute('href', '/compare?a=t9&b=t4')
  await waitFor(() => expect(router.state.location.search).toEqual({ picked: 't9,t4' }))
  await user.click(within(await cell(5)).getByRole('checkbox'))
  await waitFor(() => expect(router.state.location.search).toEqual({}))
  expect(link()).toBeNull()
})

it('counts no photo that somebody else has deleted', async () => {
  const { queries, user } = show('/history')
  for (const number of [9, 8, 7]) {
    ;(await cell(number)).focus()
    await user.keyboard(' ')
  }
  expect(screen.getByText('3 chosen')).toBeVisible()
  all = all.filter(one => one.task_id !== 't8')
  // An event tells that there is something new about it.
  queries.setQueryData(keys.task('t8'), task(8))
  await act(() => queries.invalidateQueries({ queryKey: keys.task('t8') }))
  expect(await screen.findByText('2 chosen')).toBeVisible()
  expect(names()).not.toContain('photo 8')
})

it('does what is done with all that is chosen, also where another search leaves some of it out', async () => {
  const { user } = show('/history')
  for (const number of [9, 5]) {
    ;(await cell(number)).focus()
    await user.keyboard(' ')
  }
  await user.type(screen.getByRole('searchbox'), 'photo 5')
  await waitFor(() => expect(names()).toEqual(['photo 5']))
  expect(screen.getByText('2 chosen')).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Delete' }))
  await screen.findByRole('dialog', { name: 'Delete 2 photos?' })
  // It was listed before, so nobody asks for it.
  expect(askedSoFar()).not.toContain('GET /api/v1/tasks/t9')
})

it('knows a photo that only the address tells of, and forgets one that is gone', async () => {
  const { router, user } = show('/history?text=photo%205&picked=t2,t77')
  expect(await screen.findByText('1 chosen')).toBeVisible()
  await waitFor(() => expect(router.state.location.search).toEqual({ text: 'photo 5', picked: 't2' }))
  await user.click(screen.getByRole('button', { name: 'Delete' }))
  await screen.findByRole('dialog', { name: 'Delete photo 2.jpg?' })
  expect(askedSoFar()).toContain('GET /api/v1/tasks/t2')
})

it('goes by arrows, chooses by space, opens by enter', async () => {
  const { router, user } = show('/history')
  const first = await cell(10)
  first.focus()
  await user.keyboard('{ArrowRight}')
  expect(await cell(9)).toHaveFocus()
  await user.keyboard(' {ArrowRight} ')
  expect(await cell(9)).toHaveAttribute('aria-selected', 'true')
  expect(await cell(8)).toHaveAttribute('aria-selected', 'true')
  await user.keyboard('{ArrowLeft}{Escape}')
  expect(await cell(9)).toHaveAttribute('aria-selected', 'false')
  await user.keyboard('{Enter}')
  await waitFor(() => expect(router.state.location.pathname).toBe('/photos/t9'))
})

it('asks before it deletes, and tells what stayed and why', async () => {
  const { user } = show('/history')
  const first = await cell(9)
  first.focus()
  await user.keyboard(' {Shift>}{ArrowRight} {/Shift}{Delete}')
  await user.click(
    within(await screen.findByRole('dialog', { name: 'Delete 2 photos?' })).getByRole('button', { name: 'Delete' }),
  )
  const told = await screen.findByRole('dialog', { name: 'One photo could not be deleted' })
  expect(told).toHaveTextContent('photo 8.jpg')
  await waitFor(() => expect(names()).not.toContain('photo 9'))
  expect(names()).toContain('photo 8')
})

it('takes in new photos at the top, and only tells of them further down', async () => {
  const { queries, user } = show('/history')
  await cell(1)
  const come = async (number: number) => {
    all = [task(number), ...all]
    await act(() => queries.invalidateQueries({ queryKey: keys.lists() }))
  }
  await come(11)
  await cell(11)
  const scroller = document.querySelector<HTMLElement>('[data-scroll-restoration-id]')
  if (scroller) {
    scroller.scrollTop = 500
    act(() => void scroller.dispatchEvent(new Event('scroll')))
  }
  await come(12)
  await user.click(await screen.findByRole('button', { name: '1 new' }))
  expect((await screen.findAllByRole('gridcell'))[0]).toHaveAccessibleName(/^photo 12/)
})
