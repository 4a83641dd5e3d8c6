import { Trans, useTranslation } from 'react-i18next'

/** The keys, where there are some. */
export function KeysHelp({ compare = false }: { compare?: boolean }) {
  const { t } = useTranslation('viewer')
  return (
    <p className="rounded-md bg-ground p-3 text-fact leading-relaxed text-ink-2 [@media(pointer:coarse)]:hidden">
      <span className="sr-only">{t('keys')}</span>
      <Trans
        t={t}
        i18nKey={compare ? 'compare.keys_help' : 'keys_help'}
        components={{ b: <b className="font-semibold text-ink" /> }}
      />
    </p>
  )
}
