import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Broken, Nowhere } from '@/app/Broken'
import { Frame } from '@/app/Frame'
import { Waiting } from '@/app/Waiting'
import { readHistorySearch } from '@/lib/historySearch'

const root = createRootRoute({ component: Frame, notFoundComponent: Nowhere, errorComponent: Broken })

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

// Of each page the code, which is fetched when it is first opened.
const PAGES = {
  StudioPage: () => import('@/features/studio/StudioPage'),
  ViewerPage: () => import('@/features/viewer/ViewerPage'),
  BatchesPage: () => import('@/features/batches/BatchesPage'),
  BatchPage: () => import('@/features/batches/BatchPage'),
  HistoryPage: () => import('@/features/history/HistoryPage'),
  ComparePage: () => import('@/features/viewer/ComparePage'),
  TaskReportPage: () => import('@/features/report/TaskReportPage'),
  BatchReportPage: () => import('@/features/report/BatchReportPage'),
  ModelsPage: () => import('@/features/models/ModelsPage'),
  WorkflowsPage: () => import('@/features/workflows/WorkflowsPage'),
  MonitorPage: () => import('@/features/monitor/MonitorPage'),
  SettingsPage: () => import('@/features/settings/SettingsPage'),
}

/** Of pages what is fetched when it is first needed. */
const PARTS = [
  () => import('@/features/studio/preview/PreviewBench'),
  () => import('@/features/studio/recipe/AllSettings'),
]

const studio = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(PAGES.StudioPage, 'StudioPage'),
})

const viewer = createRoute({
  getParentRoute: () => root,
  path: '/photos/$taskId',
  component: lazyRouteComponent(PAGES.ViewerPage, 'ViewerPage'),
})

const batches = createRoute({
  getParentRoute: () => root,
  path: '/batches',
  component: lazyRouteComponent(PAGES.BatchesPage, 'BatchesPage'),
})

const batch = createRoute({
  getParentRoute: () => root,
  path: '/batches/$batchId',
  component: lazyRouteComponent(PAGES.BatchPage, 'BatchPage'),
})

const history = createRoute({
  getParentRoute: () => root,
  path: '/history',
  validateSearch: readHistorySearch,
  component: lazyRouteComponent(PAGES.HistoryPage, 'HistoryPage'),
})

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: (search: Record<string, unknown>) => ({ a: text(search.a), b: text(search.b) }),
  component: lazyRouteComponent(PAGES.ComparePage, 'ComparePage'),
})

const taskReport = createRoute({
  getParentRoute: () => root,
  path: '/reports/photos/$taskId',
  component: lazyRouteComponent(PAGES.TaskReportPage, 'TaskReportPage'),
})

const batchReport = createRoute({
  getParentRoute: () => root,
  path: '/reports/batches/$batchId',
  component: lazyRouteComponent(PAGES.BatchReportPage, 'BatchReportPage'),
})

const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  component: lazyRouteComponent(PAGES.ModelsPage, 'ModelsPage'),
})

const workflows = createRoute({
  getParentRoute: () => root,
  path: '/workflows',
  component: lazyRouteComponent(PAGES.WorkflowsPage, 'WorkflowsPage'),
})

const monitor = createRoute({
  getParentRoute: () => root,
  path: '/monitor',
  component: lazyRouteComponent(PAGES.MonitorPage, 'MonitorPage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(PAGES.SettingsPage, 'SettingsPage'),
})

const tree = root.addChildren([
  studio,
  viewer,
  batches,
  batch,
  history,
  compare,
  taskReport,
  batchReport,
  models,
  workflows,
  monitor,
  settings,
])

/** Fetch the code of all pages ahead: then they open although the service is away, or has been upgraded meanwhile. */
export function preloadPages(): void {
  // What cannot be fetched now is tried again when it is opened.
  for (const load of [...Object.values(PAGES), ...PARTS]) load().catch(() => undefined)
}

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
