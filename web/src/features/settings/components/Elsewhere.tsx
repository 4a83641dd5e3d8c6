import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Field } from '@/components/ui/Field'
import { OtherError, useTestOther } from '@/features/settings/api/testOther'
import { Section } from '@/features/settings/components/Section'
import {
  allowAsBefore,
  mayAsk,
  type Other,
  obstacle,
  originOf,
  takeTrying,
  tryAfterReload,
  workWith,
} from '@/features/settings/other'
import { usePreferences } from '@/lib/preferences'

/** Work with a Safelight on another machine: try it first, then use it. */
export function Elsewhere() {
  const { t } = useTranslation('settings')
  const { other, otherToken } = usePreferences()
  const [address, setAddress] = useState(other)
  const [token, setToken] = useState(otherToken)
  const [wrong, setWrong] = useState<'address' | 'same' | 'mixed' | null>(null)
  const { mutate: test, reset, data: found, error, isPending, variables } = useTestOther()

  useEffect(() => {
    const begun = takeTrying()
    if (!begun) return
    setAddress(begun.origin)
    setToken(begun.token)
    test(begun, { onError: allowAsBefore })
  }, [test])

  const changed = () => {
    setWrong(null)
    reset()
  }
  const ask = (event: FormEvent) => {
    event.preventDefault()
    const origin = originOf(address)
    const trouble = origin === null ? 'address' : obstacle(origin, window.location)
    setWrong(trouble)
    if (origin === null || trouble !== null || isPending) return
    const wanted: Other = { origin, token: token.trim() }
    // The page may only ask what its policy names, and that is told when it is loaded.
    if (mayAsk(origin)) test(wanted)
    else tryAfterReload(wanted)
  }

  return (
    <Section title={t('other.title')} about={t('other.about')}>
      {other && (
        <div className="flex flex-wrap items-center justify-between gap-3 rounded-sm bg-light-soft px-3 py-2 text-[13px]">
          <span className="min-w-0 break-all">{t('other.now', { address: other })}</span>
          <Button small onClick={() => workWith({ origin: '', token: '' })}>
            {t('other.back')}
          </Button>
        </div>
      )}
      <form onSubmit={ask} noValidate className="flex flex-col gap-4">
        <Field
          label={t('other.address')}
          help={t('other.address_help')}
          wrong={wrong ? t(`other.wrong.${wrong}`) : undefined}
          inputMode="url"
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
          value={address}
          onChange={event => {
            setAddress(event.target.value)
            changed()
          }}
        />
        <Field
          label={t('other.token')}
          help={t('other.token_help')}
          type="password"
          autoComplete="off"
          value={token}
          onChange={event => {
            setToken(event.target.value)
            changed()
          }}
        />
        <div role="status" className="text-[13px] empty:hidden">
          {isPending && <p className="text-ink-2">{t('other.testing', { address: variables.origin })}</p>}
          {found && <p className="text-good">{t('other.fine', { version: found.version, address: found.origin })}</p>}
          {error && <p className="break-words text-bad">{whyNot(error)}</p>}
        </div>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" busy={isPending}>
            {t('other.test')}
          </Button>
          {found && found.origin !== other && (
            <Button look="primary" onClick={() => workWith({ origin: found.origin, token: token.trim() })}>
              {t('other.use')}
            </Button>
          )}
        </div>
      </form>
    </Section>
  )

  function whyNot(error: Error): string {
    const trouble = error instanceof OtherError ? error.trouble : 'no_answer'
    return t(`other.wrong.${trouble}`, { here: window.location.origin, message: error.message })
  }
}
