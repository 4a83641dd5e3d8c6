import { Link } from '@tanstack/react-router'
import {
  ChartNoAxesColumn,
  Clock,
  GraduationCap,
  Image,
  type LucideIcon,
  Package,
  Rows3,
  Settings2,
  UserRound,
  Workflow,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Hint } from '@/components/ui/Hint'
import { useWorkflows } from '@/lib/data/offers'
import { useComfy } from '@/lib/data/useComfy'
import { useSession } from '@/lib/data/useSession'

const PLACES = [
  { to: '/', name: 'studio', icon: Image },
  { to: '/batches', name: 'batches', icon: Rows3 },
  { to: '/history', name: 'history', icon: Clock },
  { to: '/datasets', name: 'datasets', icon: GraduationCap },
  { to: '/models', name: 'models', icon: Package },
  { to: '/workflows', name: 'workflows', icon: Workflow },
  { to: '/monitor', name: 'monitor', icon: ChartNoAxesColumn, foot: true },
  { to: '/settings', name: 'settings', icon: Settings2 },
  { to: '/account', name: 'account', icon: UserRound, wide: true },
] as const satisfies readonly { to: string; name: string; icon: LucideIcon; foot?: boolean; wide?: boolean }[]

/** The places: on the left, or at the foot of a phone. */
export function Rail() {
  const { t } = useTranslation()
  const comfy = useComfyAtAll()
  const account = useSession().data?.via === 'session'
  const shown = { workflows: comfy, account }
  return (
    <nav
      aria-label={t('navigation')}
      className="z-30 flex shrink-0 items-center justify-around gap-1 border-t border-line-soft bg-surface px-1 pb-[env(safe-area-inset-bottom)] md:flex-col md:justify-start md:border-t-0 md:border-r md:py-3 print:hidden"
    >
      <Lamp />
      {PLACES.filter(({ name }) => !(name in shown) || shown[name as keyof typeof shown]).map(place => (
        <Hint key={place.to} words={t(`places.${place.name}`)} side="right">
          <Link
            to={place.to}
            activeOptions={{ exact: place.to === '/' }}
            aria-label={t(`places.${place.name}`)}
            className={`grid h-12 min-w-0 flex-1 place-items-center rounded-md text-ink-3 transition-colors hover:text-ink md:size-11 md:flex-none data-[status=active]:bg-light-soft data-[status=active]:text-light-text ${'foot' in place ? 'md:mt-auto' : ''} ${'wide' in place ? 'max-md:hidden' : ''}`}
          >
            <place.icon aria-hidden className="size-[21px]" strokeWidth={1.6} />
          </Link>
        </Hint>
      ))}
    </nav>
  )
}

/** Whether ComfyUI has a part here: without servers and workflows of one's own its page would only be in the way. */
function useComfyAtAll(): boolean {
  const servers = useComfy().data?.servers ?? []
  const workflows = useWorkflows().data ?? []
  return servers.length > 0 || workflows.some(one => one.own)
}

function Lamp() {
  return (
    <svg viewBox="5 3 26 31" aria-hidden="true" className="mb-4 hidden size-9 md:block">
      <path d="M18 3v6" stroke="var(--ink-3)" strokeWidth="2" strokeLinecap="round" />
      <path d="M8 20a10 10 0 0 1 20 0z" fill="var(--light)" />
      <rect x="7" y="20" width="22" height="3.2" rx="1.6" fill="var(--light)" />
      <path
        d="M11 27l-2 5M18 27v6M25 27l2 5"
        stroke="var(--light)"
        strokeOpacity=".55"
        strokeWidth="2"
        strokeLinecap="round"
      />
    </svg>
  )
}
