import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NewPassword } from '@/components/NewPassword'
import { SecretField } from '@/components/SecretField'
import { Button } from '@/components/ui/Button'
import { useChangePassword } from '@/features/accounts/api/account'
import { Part } from '@/features/accounts/components/Part'
import { ServiceError, wordsFor } from '@/lib/api/errors'
import { lacking } from '@/lib/password'
import { toast } from '@/lib/toasts'

/** Choosing another password. */
export function Password({ user }: { user: string }) {
  const { t } = useTranslation('accounts')
  const [old, setOld] = useState('')
  const [fresh, setFresh] = useState('')
  const [tried, setTried] = useState(false)
  const change = useChangePassword()
  const send = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (old === '' || lacking(fresh) > 0 || change.isPending) return
    change.mutate(
      { old, new: fresh },
      {
        onSuccess: () => {
          setOld('')
          setFresh('')
          setTried(false)
          toast(t('password.changed'))
        },
      },
    )
  }
  const typed = (act: () => void) => {
    act()
    setTried(false)
    change.reset()
  }
  const { error } = change
  const wrongOld = error instanceof ServiceError && error.code === 'forbidden' && !error.stale
  return (
    <Part title={t('password.title')} about={t('password.about')}>
      <form onSubmit={send} noValidate className="flex max-w-sm flex-col gap-4">
        <input type="hidden" name="username" autoComplete="username" value={user} />
        <SecretField
          label={t('password.old')}
          show={t('common:password.show')}
          hide={t('common:password.hide')}
          autoComplete="current-password"
          value={old}
          wrong={tried && old === '' ? t('password.no_old') : wrongOld ? t('password.wrong_old') : undefined}
          onChange={event => typed(() => setOld(event.target.value))}
        />
        <NewPassword
          label={t('password.new')}
          value={fresh}
          wrong={tried && lacking(fresh) > 0 ? t('password.short') : error && !wrongOld ? wordsFor(error) : undefined}
          onChange={value => typed(() => setFresh(value))}
        />
        <div>
          <Button type="submit" busy={change.isPending}>
            {t('password.change')}
          </Button>
        </div>
      </form>
    </Part>
  )
}
