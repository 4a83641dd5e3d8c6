import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Broken, Nowhere } from '@/app/Broken'
import { Frame } from '@/app/Frame'
import { Waiting } from '@/app/Waiting'
import { readDatasetSearch } from '@/lib/datasetSearch'
import { readHistorySearch } from '@/lib/historySearch'
import { fetchWords } from '@/lib/i18n'
import { fetchParts } from '@/lib/late'

const root = createRootRoute({ component: Frame, notFoundComponent: Nowhere, errorComponent: Broken })

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Of a page its code and its words, which are fetched when it is first opened. */
const page =
  <T,>(feature: string, load: () => Promise<T>) =>
  async (): Promise<T> => {
    const [code] = await Promise.all([load(), fetchWords(feature)])
    return code
  }

const PAGES = {
  StudioPage: page('studio', () => import('@/features/studio/StudioPage')),
  ViewerPage: page('viewer', () => import('@/features/viewer/ViewerPage')),
  BatchesPage: page('batches', () => import('@/features/batches/BatchesPage')),
  BatchPage: page('batches', () => import('@/features/batches/BatchPage')),
  DatasetsPage: page('datasets', () => import('@/features/datasets/DatasetsPage')),
  DatasetPage: page('datasets', () => import('@/features/datasets/DatasetPage')),
  HistoryPage: page('history', () => import('@/features/history/HistoryPage')),
  ComparePage: page('viewer', () => import('@/features/viewer/ComparePage')),
  TaskReportPage: page('report', () => import('@/features/report/TaskReportPage')),
  BatchReportPage: page('report', () => import('@/features/report/BatchReportPage')),
  ModelsPage: page('models', () => import('@/features/models/ModelsPage')),
  WorkflowsPage: page('workflows', () => import('@/features/workflows/WorkflowsPage')),
  MonitorPage: page('monitor', () => import('@/features/monitor/MonitorPage')),
  SettingsPage: page('settings', () => import('@/features/settings/SettingsPage')),
  WelcomePage: page('session', () => import('@/features/session/WelcomePage')),
  AccountPage: page('accounts', () => import('@/features/accounts/AccountPage')),
  UsersPage: page('accounts', () => import('@/features/accounts/UsersPage')),
  AuditPage: page('accounts', () => import('@/features/accounts/AuditPage')),
}

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

const datasets = createRoute({
  getParentRoute: () => root,
  path: '/datasets',
  component: lazyRouteComponent(PAGES.DatasetsPage, 'DatasetsPage'),
})

const dataset = createRoute({
  getParentRoute: () => root,
  path: '/datasets/$datasetId',
  validateSearch: readDatasetSearch,
  component: lazyRouteComponent(PAGES.DatasetPage, 'DatasetPage'),
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

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(PAGES.WelcomePage, 'WelcomePage'),
})

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(PAGES.AccountPage, 'AccountPage'),
})

const users = createRoute({
  getParentRoute: () => root,
  path: '/users',
  component: lazyRouteComponent(PAGES.UsersPage, 'UsersPage'),
})

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>) => ({ who: text(search.who), what: text(search.what) }),
  component: lazyRouteComponent(PAGES.AuditPage, 'AuditPage'),
})

const tree = root.addChildren([
  studio,
  viewer,
  batches,
  batch,
  history,
  datasets,
  dataset,
  compare,
  taskReport,
  batchReport,
  models,
  workflows,
  monitor,
  settings,
  welcome,
  account,
  users,
  audit,
])

/** Fetch the code of all pages ahead: then they open although the service is away, or has been upgraded meanwhile. */
export async function preloadPages(): Promise<void> {
  // What cannot be fetched now is tried again when it is opened.
  await Promise.allSettled(Object.values(PAGES).map(load => load()))
  // Some parts are known only once the code of their page is there.
  await fetchParts()
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
