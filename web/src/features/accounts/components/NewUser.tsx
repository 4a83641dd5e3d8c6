import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Select } from '@/components/ui/Select'
import { type Role, useAddUser, useMakeLink } from '@/features/accounts/api/users'
import { MadeLink } from '@/features/accounts/components/MadeLink'
import { ROLES } from '@/features/accounts/roles'
import { ServiceError, wordsFor } from '@/lib/api/errors'

interface NewUserProps {
  /** Whether the name is chosen here; else by whoever opens the link. */
  named: boolean
  onClose: () => void
}

/** A new user: made here, or by whoever opens a link. */
export function NewUser({ named, onClose }: NewUserProps) {
  const { t } = useTranslation('accounts')
  const form = useId()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('user')
  const [tried, setTried] = useState(false)
  const add = useAddUser()
  const invite = useMakeLink()
  const made = add.data ?? invite.data
  if (made) return <MadeLink link={made} onClose={onClose} />
  const error = add.error ?? invite.error
  const send = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (add.isPending || invite.isPending) return
    if (!named) invite.mutate({ user: null, role })
    else if (name.trim() !== '') add.mutate({ name: name.trim(), role })
  }
  const wrong = tried && name.trim() === '' ? t('users.no_name') : error ? whyNot(error) : undefined
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(named ? 'users.add' : 'users.invite')}
      about={t(named ? 'users.add_about' : 'users.invite_about')}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button look="primary" type="submit" form={form} busy={add.isPending || invite.isPending}>
            {t(named ? 'users.add_make' : 'users.link_make')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={send} noValidate className="flex flex-col gap-4">
        {named && (
          <Field
            label={t('users.name')}
            help={t('users.name_help')}
            autoCapitalize="off"
            autoComplete="off"
            spellCheck={false}
            value={name}
            wrong={wrong}
            onChange={event => {
              setName(event.target.value)
              setTried(false)
              add.reset()
            }}
          />
        )}
        <Select
          label={t('users.role')}
          help={t(`role_about.${role}`)}
          value={role}
          choices={ROLES.map(value => ({ value, label: t(`roles.${value}`) }))}
          onChange={value => setRole(ROLES.find(one => one === value) ?? 'user')}
        />
        {!named && error && (
          <p role="alert" className="text-[13px] text-bad">
            {wordsFor(error)}
          </p>
        )}
      </form>
    </Dialog>
  )

  function whyNot(error: unknown): string {
    if (!(error instanceof ServiceError)) return wordsFor(error)
    if (error.code === 'wrong_state') return t('users.taken')
    return error.code === 'bad_request' ? t('users.no_such_name') : wordsFor(error)
  }
}
