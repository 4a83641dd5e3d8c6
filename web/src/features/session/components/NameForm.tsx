import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SecretField } from '@/components/SecretField'
import { Button } from '@/components/ui/Button'
import { Field } from '@/components/ui/Field'
import { useSignIn } from '@/features/session/api/signIn'
import { useWait } from '@/features/session/wait'
import { ServiceError, wordsFor } from '@/lib/api/errors'
import { known } from '@/lib/api/whose'
import { number } from '@/lib/format'

/** The way in with name and password. */
export function NameForm() {
  const { t } = useTranslation('session')
  const [name, setName] = useState(() => known().user)
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const signIn = useSignIn()
  const wait = useWait(signIn.error)
  const enter = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (name.trim() !== '' && password !== '' && !signIn.isPending && wait === 0) signIn.mutate({ name, password })
  }
  const typed = (act: () => void) => {
    act()
    setTried(false)
    // Whoever has to wait is told so until they need not.
    if (wait === 0) signIn.reset()
  }
  const refused = signIn.error instanceof ServiceError && signIn.error.status === 401
  const answer =
    wait > 0
      ? t('name.wait', { count: wait, shown: number(wait) })
      : refused
        ? t('name.wrong')
        : signIn.error && !isTooMany(signIn.error)
          ? wordsFor(signIn.error)
          : undefined
  return (
    <form onSubmit={enter} noValidate className="flex flex-col gap-4">
      <Field
        label={t('name.name')}
        name="username"
        autoComplete="username"
        autoCapitalize="off"
        spellCheck={false}
        autoFocus={name === ''}
        value={name}
        wrong={tried && name.trim() === '' ? t('name.no_name') : undefined}
        onChange={event => typed(() => setName(event.target.value))}
      />
      <SecretField
        label={t('name.password')}
        show={t('common:password.show')}
        hide={t('common:password.hide')}
        name="password"
        autoComplete="current-password"
        autoFocus={name !== ''}
        value={password}
        wrong={tried && password === '' ? t('name.no_password') : answer}
        onChange={event => typed(() => setPassword(event.target.value))}
      />
      <Button
        look="primary"
        type="submit"
        busy={signIn.isPending}
        off={wait > 0 && t('name.wait', { count: wait, shown: number(wait) })}
      >
        {t('enter')}
      </Button>
      <p className="text-fact text-ink-3">{t('name.stays')}</p>
    </form>
  )
}

function isTooMany(error: Error): boolean {
  return error instanceof ServiceError && error.code === 'too_many_tries'
}
