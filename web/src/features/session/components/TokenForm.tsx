import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SecretField } from '@/components/SecretField'
import { Button } from '@/components/ui/Button'
import { useShowToken } from '@/features/session/api/showToken'
import { ServiceError, wordsFor } from '@/lib/api/errors'

/** The way in with the token of the service. */
export function TokenForm() {
  const { t } = useTranslation('session')
  const [token, setToken] = useState('')
  const [empty, setEmpty] = useState(false)
  const show = useShowToken()
  const enter = (event: FormEvent) => {
    event.preventDefault()
    // Tokens are copied from files and chats, with the line that they stood in.
    const wanted = token.trim()
    setEmpty(wanted === '')
    if (wanted !== '' && !show.isPending) show.mutate(wanted)
  }
  const refused = show.error instanceof ServiceError && show.error.status === 401
  const wrong = empty ? t('empty') : refused ? t('wrong') : show.error ? wordsFor(show.error) : undefined
  return (
    <form onSubmit={enter} noValidate className="flex flex-col gap-4">
      <SecretField
        label={t('token')}
        show={t('show')}
        hide={t('hide')}
        name="token"
        autoComplete="current-password"
        autoFocus
        value={token}
        wrong={wrong}
        onChange={event => {
          setToken(event.target.value)
          setEmpty(false)
          show.reset()
        }}
      />
      <Button look="primary" type="submit" busy={show.isPending}>
        {t('enter')}
      </Button>
      <p className="text-fact text-ink-3">{t('stays')}</p>
    </form>
  )
}
