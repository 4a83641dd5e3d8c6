import { Link, useCanGoBack, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { ArrowLeft, ArrowLeftRight, Images } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { useKeys } from '@/components/stage/useKeys'
import { Button } from '@/components/ui/Button'
import { buttonLook } from '@/components/ui/buttonLook'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { Differences } from '@/features/viewer/components/Differences'
import { KeysHelp } from '@/features/viewer/components/KeysHelp'
import { Stage } from '@/features/viewer/stage/Stage'
import { resultShot } from '@/features/viewer/stage/shots'
import { ServiceError } from '@/lib/api/errors'
import { useTask } from '@/lib/data/useTask'

/** Any two results, with one zoom for both, and what differs between them. */
export function ComparePage() {
  const { t } = useTranslation('viewer')
  const { a, b } = useSearch({ from: '/compare' })
  const navigate = useNavigate()
  const router = useRouter()
  const canGoBack = useCanGoBack()
  const back = () => (canGoBack ? router.history.back() : void navigate({ to: '/history' }))
  useKeys({ back })
  const swap = () => void navigate({ to: '/compare', search: { a: b, b: a }, replace: true })
  const lead = (
    <Button
      look="ghost"
      aria-label={t('common:back')}
      className="-ml-2 px-2.5!"
      icon={<ArrowLeft className="size-4" />}
      onClick={back}
    >
      <span className="max-sm:hidden">{t('common:back')}</span>
    </Button>
  )
  if (!a || !b)
    return (
      <Page title={t('compare.title')} lead={lead} fixed>
        <Nothing title={t('compare.pick')} hint={t('compare.pick_hint')} />
      </Page>
    )
  return <Both a={a} b={b} lead={lead} onSwap={swap} />
}

function Both({ a, b, lead, onSwap }: { a: string; b: string; lead: ReactNode; onSwap: () => void }) {
  const { t } = useTranslation('viewer')
  const [one, other] = [useTask(a), useTask(b)]
  const error = one.error ?? other.error
  const frame = (children: ReactNode, more: { actions?: ReactNode; aside?: ReactNode } = {}) => (
    <Page title={t('compare.title')} lead={lead} fixed asideTitle={t('compare.what_differs')} {...more}>
      {children}
    </Page>
  )
  if (error instanceof ServiceError && error.status === 404)
    return frame(<Nothing title={t('compare.missing')} hint={t('compare.missing_hint')} />)
  if (error)
    return frame(
      <Trouble
        error={error}
        onRetry={() => {
          void one.refetch()
          void other.refetch()
        }}
      />,
    )
  if (!one.data || !other.data) return frame(<Skeleton className="m-4 flex-1 md:m-5" />)
  const [left, right] = [resultShot(one.data), resultShot(other.data)]
  if (!left || !right) return frame(<Nothing title={t('compare.unfinished')} hint={t('compare.unfinished_hint')} />)
  return frame(
    <div className="flex min-h-0 flex-1 flex-col p-2 max-lg:pb-14 md:p-5 md:max-lg:pb-14">
      <Stage
        id={`${a} ${b}`}
        before={{ shot: left, word: 'A', alt: `A: ${one.data.filename}` }}
        after={{ shot: right, word: 'B', alt: `B: ${other.data.filename}` }}
      />
    </div>,
    {
      actions: (
        <Button icon={<ArrowLeftRight className="size-4" />} onClick={onSwap}>
          {t('compare.swap')}
        </Button>
      ),
      aside: (
        <div className="flex flex-col gap-6 overflow-y-auto p-4 lg:px-5 lg:pt-5">
          <Differences a={one.data} b={other.data} />
          <KeysHelp compare />
        </div>
      ),
    },
  )
}

function Nothing({ title, hint }: { title: string; hint: string }) {
  const { t } = useTranslation('viewer')
  return (
    <Empty
      icon={<Images />}
      title={title}
      hint={hint}
      action={
        <Link to="/history" className={buttonLook('plain')}>
          {t('to_history')}
        </Link>
      }
    />
  )
}
