import { Eye, EyeOff } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Field } from '@/components/ui/Field'
import { IconButton } from '@/components/ui/IconButton'
import { useSignIn } from '@/features/session/api/signIn'
import { ServiceError, wordsFor } from '@/lib/api/errors'

/** Where a service asks who is there: one field, in place of every page. */
export function SignIn() {
  const { t } = useTranslation('session')
  const [token, setToken] = useState('')
  const [shown, setShown] = useState(false)
  const [empty, setEmpty] = useState(false)
  const signIn = useSignIn()

  useEffect(() => {
    document.title = `${t('title')} · ${t('common:app')}`
  }, [t])

  const enter = (event: FormEvent) => {
    event.preventDefault()
    // Tokens are copied from files and chats, with the line that they stood in.
    const wanted = token.trim()
    setEmpty(wanted === '')
    if (wanted !== '' && !signIn.isPending) signIn.mutate(wanted)
  }
  const refused = signIn.error instanceof ServiceError && signIn.error.status === 401
  const wrong = empty ? t('empty') : refused ? t('wrong') : signIn.error ? wordsFor(signIn.error) : undefined

  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <form
        onSubmit={enter}
        noValidate
        className="flex w-full max-w-sm flex-col gap-4 rounded-lg border border-line-soft bg-surface p-6 shadow-card"
      >
        <div>
          <p className="mb-4 text-fact font-semibold text-light-text">{t('common:app')}</p>
          <h1 className="text-title font-semibold">{t('title')}</h1>
          <p className="mt-1 text-[13px] text-ink-2">{t('about')}</p>
        </div>
        <div className="relative" aria-live="polite">
          <Field
            label={t('token')}
            type={shown ? 'text' : 'password'}
            name="token"
            autoComplete="current-password"
            autoCapitalize="off"
            spellCheck={false}
            autoFocus
            value={token}
            wrong={wrong}
            onChange={event => {
              setToken(event.target.value)
              setEmpty(false)
              signIn.reset()
            }}
            className="[&_input]:pr-11"
          />
          <IconButton
            small
            label={t(shown ? 'hide' : 'show')}
            aria-pressed={shown}
            icon={shown ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
            onClick={() => setShown(!shown)}
            className="absolute! top-[26px] right-0.5"
          />
        </div>
        <Button look="primary" type="submit" busy={signIn.isPending}>
          {t('enter')}
        </Button>
        <p className="text-fact text-ink-3">{t('stays')}</p>
      </form>
    </main>
  )
}
