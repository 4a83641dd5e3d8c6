import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NewPassword } from '@/components/NewPassword'
import { ToStudio } from '@/components/ToStudio'
import { Button } from '@/components/ui/Button'
import { Field } from '@/components/ui/Field'
import { Skeleton } from '@/components/ui/Skeleton'
import { type Invite, useInvite, useUseInvite } from '@/features/session/api/invite'
import { Sheet } from '@/features/session/components/Sheet'
import { useWait } from '@/features/session/wait'
import { ServiceError, wordsFor } from '@/lib/api/errors'
import { time } from '@/lib/format'
import { lacking } from '@/lib/password'

/** Where a link leads that works once: somebody makes their account, or chooses another password. */
export function WelcomePage() {
  const { t } = useTranslation('session')
  // Behind `#` it is sent nowhere with the address; it stays there until it was used, so that a refresh loses nothing.
  const [code] = useState(() => window.location.hash.slice(1))
  const { data: invite, error } = useInvite(code)
  const wait = useWait(error)
  if (code === '' || error) {
    const over = code === '' || (error instanceof ServiceError && error.status === 401)
    const why = wait > 0 ? t('name.wait', { count: wait, shown: String(wait) }) : over ? null : wordsFor(error)
    return (
      <Sheet title={t('welcome.over')} about={why ?? t('welcome.over_about')}>
        <p className="text-fact text-ink-3">{t('welcome.over_hint')}</p>
        <ToStudio />
      </Sheet>
    )
  }
  if (!invite)
    return (
      <Sheet title={t('welcome.title')} about={t('common:loading')}>
        <Skeleton className="h-40" />
      </Sheet>
    )
  return <Choosing code={code} invite={invite} />
}

function Choosing({ code, invite }: { code: string; invite: Invite }) {
  const { t } = useTranslation('session')
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const use = useUseInvite(() => navigate({ to: '/', replace: true }))
  const fresh = invite.user === null
  const short = lacking(password) > 0
  const enter = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if ((fresh && name.trim() === '') || short || use.isPending) return
    use.mutate({ code, name: fresh ? name.trim() : null, password })
  }
  const typed = (act: () => void) => {
    act()
    setTried(false)
    use.reset()
  }
  const trouble = use.error ? whatIsWrong(use.error) : null
  return (
    <Sheet
      title={fresh ? t('welcome.title') : t('welcome.again', { name: invite.user })}
      about={fresh ? t(`welcome.as.${invite.role}`) : t('welcome.again_about')}
    >
      <form onSubmit={enter} noValidate className="flex flex-col gap-4">
        {fresh ? (
          <Field
            label={t('name.name')}
            help={t('welcome.name_help')}
            name="username"
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            autoFocus
            value={name}
            wrong={tried && name.trim() === '' ? t('welcome.no_name') : trouble?.name}
            onChange={event => typed(() => setName(event.target.value))}
          />
        ) : (
          // Password managers look for whom the password is.
          <input type="hidden" name="username" autoComplete="username" value={invite.user ?? ''} />
        )}
        <NewPassword
          label={t('welcome.password')}
          value={password}
          wrong={tried && short ? t('welcome.short') : trouble?.other}
          onChange={value => typed(() => setPassword(value))}
        />
        <Button look="primary" type="submit" busy={use.isPending}>
          {t(fresh ? 'welcome.make' : 'welcome.change')}
        </Button>
        <p className="text-fact text-ink-3">{t('welcome.once', { until: time(invite.expires_at) })}</p>
      </form>
    </Sheet>
  )

  function whatIsWrong(error: unknown): { name?: string; other?: string } {
    if (!(error instanceof ServiceError)) return { other: wordsFor(error) }
    if (error.code === 'wrong_state') return { name: t('welcome.taken') }
    if (error.code === 'bad_request' && error.message.includes('name')) return { name: t('welcome.no_such_name') }
    return { other: error.status === 401 ? t('welcome.over_about') : wordsFor(error) }
  }
}
