import { useTranslation } from 'react-i18next'
import { SecretField } from '@/components/SecretField'
import { number } from '@/lib/format'
import { lacking, strengthOf } from '@/lib/password'

interface NewPasswordProps {
  label: string
  value: string
  wrong: string | undefined
  onChange: (value: string) => void
}

/** Where a password is chosen: it is told how good its length is, which is what counts most. */
export function NewPassword({ label, value, wrong, onChange }: NewPasswordProps) {
  const { t } = useTranslation()
  const missing = lacking(value)
  const help =
    value !== '' && missing > 0
      ? t('password.more', { count: missing, shown: number(missing) })
      : t(`password.${strengthOf(value)}`)
  return (
    <SecretField
      label={label}
      name="new-password"
      autoComplete="new-password"
      show={t('password.show')}
      hide={t('password.hide')}
      value={value}
      wrong={wrong}
      help={help}
      onChange={event => onChange(event.target.value)}
    />
  )
}
