import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { NameForm } from '@/features/session/components/NameForm'
import { Sheet } from '@/features/session/components/Sheet'
import { TokenForm } from '@/features/session/components/TokenForm'
import { api, content } from '@/lib/api/client'
import { useSession } from '@/lib/data/useSession'

/** Where a service asks who is there, in place of every page: the address stays, and so does what is on the table. */
export function SignIn() {
  const { t } = useTranslation('session')
  const account = useSession().data
  const [byToken, setByToken] = useState(false)
  const asked = useQuery({ queryKey: ['session', 'token'], queryFn: () => content(api.GET('/api/v1/session')) }).data
  if (account?.accounts && !byToken)
    return (
      <Sheet title={t('title')} about={t('name.about')}>
        <NameForm />
        {asked?.needed && (
          <Button look="ghost" onClick={() => setByToken(true)}>
            {t('with_token')}
          </Button>
        )}
      </Sheet>
    )
  // Where there is neither, the service answers its own machine and the networks it trusts, and this is none of them.
  if (account && !account.accounts && asked && !asked.needed)
    return (
      <Sheet title={t('closed')} about={t('closed_about')}>
        <p className="text-fact text-ink-3">{t('closed_hint')}</p>
      </Sheet>
    )
  return (
    <Sheet title={t('title')} about={t('about')}>
      <TokenForm />
      {byToken && (
        <Button look="ghost" onClick={() => setByToken(false)}>
          {t('with_name')}
        </Button>
      )}
    </Sheet>
  )
}
