import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Select } from '@/components/ui/Select'
import { Switch } from '@/components/ui/Switch'
import { useMakeKey } from '@/features/accounts/api/keys'
import { Once } from '@/features/accounts/components/Once'
import { wordsFor } from '@/lib/api/errors'
import type { Account, Scope } from '@/lib/data/useSession'

const DAY_MS = 86_400_000
const DAYS = ['30', '90', '365', ''] as const
const USUAL: readonly Scope[] = ['tasks:read', 'tasks:write']

interface MakeKeyProps {
  account: Account
  onClose: () => void
}

/** Makes a key, and shows it once. */
export function MakeKey({ account, onClose }: MakeKeyProps) {
  const { t } = useTranslation('accounts')
  const form = useId()
  const [name, setName] = useState('')
  const [days, setDays] = useState<string>('90')
  const [scopes, setScopes] = useState<readonly Scope[]>(USUAL)
  const [acts, setActs] = useState(false)
  const [tried, setTried] = useState(false)
  const make = useMakeKey()
  if (make.data)
    return (
      <Dialog
        open
        onClose={onClose}
        title={t('keys.made', { name: make.data.about.name })}
        actions={
          <Button look="primary" onClick={onClose}>
            {t('keys.kept')}
          </Button>
        }
      >
        <Once label={t('keys.key')} text={make.data.key} warning={t('keys.once')} />
        <p className="text-fact break-all text-ink-3">{t('keys.how')}</p>
      </Dialog>
    )
  const send = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (name.trim() === '' || scopes.length === 0 || make.isPending) return
    const expires_at = days === '' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString()
    make.mutate({ name: name.trim(), scopes: [...scopes], expires_at, acts_for_others: acts })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('keys.make')}
      about={t('keys.make_about')}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button look="primary" type="submit" form={form} busy={make.isPending}>
            {t('keys.make')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={send} noValidate className="flex flex-col gap-4">
        <Field
          label={t('keys.name')}
          help={t('keys.name_help')}
          maxLength={100}
          autoComplete="off"
          value={name}
          wrong={tried && name.trim() === '' ? t('keys.no_name') : undefined}
          onChange={event => setName(event.target.value)}
        />
        <Scopes offered={account.scopes} chosen={scopes} onChange={setScopes} />
        {tried && scopes.length === 0 && <p className="-mt-2 text-fact text-bad">{t('keys.no_scope')}</p>}
        <Select
          label={t('keys.valid')}
          value={days}
          choices={DAYS.map(value => ({ value, label: t(`keys.days.${value || 'endless'}`) }))}
          onChange={setDays}
        />
        {account.role === 'admin' && (
          <Switch label={t('keys.acts_label')} help={t('keys.acts_help')} checked={acts} onChange={setActs} />
        )}
        {make.error && (
          <p role="alert" className="text-[13px] text-bad">
            {wordsFor(make.error)}
          </p>
        )}
      </form>
    </Dialog>
  )
}

interface ScopesProps {
  offered: readonly Scope[]
  chosen: readonly Scope[]
  onChange: (chosen: readonly Scope[]) => void
}

/** What a key may be used for; no more than who makes it may do. */
function Scopes({ offered, chosen, onChange }: ScopesProps) {
  const { t } = useTranslation('accounts')
  return (
    <fieldset className="text-[13px]">
      <legend className="mb-1">{t('keys.scopes')}</legend>
      {offered.map(one => (
        <label key={one} className="flex min-h-8 cursor-pointer items-center gap-2.5">
          <input
            type="checkbox"
            checked={chosen.includes(one)}
            onChange={event => onChange(event.target.checked ? [...chosen, one] : chosen.filter(it => it !== one))}
            className="size-4 accent-(--light)"
          />
          {t(`scopes.${one.replace(':', '_')}`)}
        </label>
      ))}
    </fieldset>
  )
}
