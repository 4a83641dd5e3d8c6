import { Outlet, useLocation } from '@tanstack/react-router'
import { WifiOff } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Rail } from '@/app/Rail'
import { useConnection } from '@/lib/api/live'
import { live } from '@/lib/api/queries'
import { useSession } from '@/lib/data/useSession'
import { fetchWords } from '@/lib/i18n'
import { late } from '@/lib/late'

const SignIn = late(async () => {
  const [code] = await Promise.all([import('@/features/session/SignIn'), fetchWords('session')])
  return code.SignIn
})

/** What is around every page: the rail of places, and a word where the service does not answer. */
export function Frame() {
  const { t } = useTranslation()
  const connection = useConnection(live)
  const session = useSession()
  const signedIn = session.data?.signed_in === true
  // Whoever has a link makes their account there.
  const invited = useLocation({ select: ({ pathname }) => pathname === '/welcome' })
  useEffect(() => {
    if (!signedIn) return
    live.start()
    return () => live.stop()
  }, [signedIn])
  if (invited) return <Outlet />
  if (session.data && !signedIn) return <SignIn />
  return (
    <div className="flex h-dvh flex-col md:grid md:grid-cols-[64px_minmax(0,1fr)] print:block print:h-auto">
      <a
        href="#photos"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-60 focus:rounded-sm focus:bg-raised focus:px-3 focus:py-2"
      >
        {t('skip')}
      </a>
      <Rail />
      <div className="relative order-first flex min-h-0 flex-1 flex-col md:order-none md:h-dvh print:block print:h-auto">
        {connection === 'lost' && session.data !== undefined && (
          <p role="status" className="flex items-center gap-2 bg-amber/8 px-5 py-1.5 text-fact text-amber">
            <WifiOff aria-hidden className="size-4 shrink-0" />
            {t('connection.lost')}
          </p>
        )}
        <Outlet />
      </div>
    </div>
  )
}
