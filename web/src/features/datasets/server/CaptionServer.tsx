import { ShieldAlert } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { Field } from '@/components/ui/Field'
import { Skeleton } from '@/components/ui/Skeleton'
import { TextArea } from '@/components/ui/TextArea'
import { Trouble } from '@/components/ui/Trouble'
import { wordsFor } from '@/lib/api/errors'
import { number } from '@/lib/format'
import { toast } from '@/lib/toasts'
import {
  type Endpoint,
  type EndpointBody,
  useEndpoint,
  useForgetEndpoint,
  useSaveEndpoint,
  useTestEndpoint,
} from '../api/endpoint'
import { said } from '../said'

/** Which server describes pictures, if one does: where it is, its models, its key, its limits. */
export function CaptionServer() {
  const { t } = useTranslation('datasets')
  const { data, error, isPending, refetch } = useEndpoint()
  return (
    <section aria-labelledby="caption-server" className="rounded-md border border-line-soft bg-surface p-4 md:p-5">
      <h2 id="caption-server" className="font-semibold">
        {t('server.title')}
      </h2>
      <p className="text-fact text-ink-3">{t('server.about')}</p>
      <p className="mt-3 flex items-start gap-2 rounded-sm bg-amber/8 px-3 py-2 text-[13px] text-amber">
        <ShieldAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        {t('server.leaves')}
      </p>
      {error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton className="mt-4 h-40" />
      ) : (
        <Form key={data.base_url + data.has_key} endpoint={data} />
      )}
    </section>
  )
}

function Form({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation('datasets')
  const [url, setUrl] = useState(endpoint.base_url)
  const [models, setModels] = useState(endpoint.models.join('\n'))
  const [key, setKey] = useState<string | null>(null)
  const [limits, setLimits] = useState({
    timeout_s: String(endpoint.timeout_s),
    concurrency: String(endpoint.concurrency),
    max_calls: String(endpoint.max_calls),
  })
  const [asked, setAsked] = useState(false)
  const save = useSaveEndpoint()
  const forget = useForgetEndpoint()
  const test = useTestEndpoint()
  const moved = url.trim() !== endpoint.base_url
  const names = models
    .split(/[\n,，]/)
    .map(one => one.trim())
    .filter(Boolean)
  const missing = url.trim() === '' ? t('server.url_wanted') : names.length === 0 ? t('server.models_wanted') : null
  const body = (): EndpointBody => ({
    base_url: url.trim(),
    models: names,
    // Left out, the key that is kept stays, unless the address changes.
    ...(key === null ? {} : { key: key.trim() }),
    timeout_s: Number(limits.timeout_s) || 60,
    concurrency: Number(limits.concurrency) || 2,
    max_calls: Number(limits.max_calls) || 0,
  })
  const touch = (act: () => void) => {
    act()
    save.reset()
    test.reset()
  }
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!missing && !save.isPending) save.mutate(body(), { onSuccess: () => toast(t('server.saved')) })
  }
  if (endpoint.fixed)
    return (
      <div className="mt-4 flex flex-col gap-2 text-[13px]">
        <p>{t('server.fixed')}</p>
        <p className="break-all text-ink-2">
          {endpoint.base_url} · {endpoint.models.join(', ')}
        </p>
      </div>
    )
  return (
    <form onSubmit={send} noValidate className="mt-4 flex flex-col gap-4">
      <Field
        label={t('server.url')}
        help={t('server.url_help')}
        placeholder="http://127.0.0.1:11434/v1"
        inputMode="url"
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        value={url}
        onChange={event => touch(() => setUrl(event.target.value))}
      />
      <TextArea
        label={t('server.models')}
        help={t('server.models_help')}
        autoCapitalize="off"
        spellCheck={false}
        value={models}
        onChange={event => touch(() => setModels(event.target.value))}
      />
      <Field
        label={t('server.key')}
        help={
          endpoint.has_key && !moved
            ? t('server.key_kept')
            : endpoint.has_key
              ? t('server.key_moved')
              : t('server.key_help')
        }
        type="password"
        autoComplete="off"
        placeholder={endpoint.has_key && !moved ? '••••••••' : ''}
        value={key ?? ''}
        onChange={event => touch(() => setKey(event.target.value))}
      />
      {endpoint.has_key && !moved && key !== '' && (
        <Button small className="self-start" onClick={() => touch(() => setKey(''))}>
          {t('server.key_clear')}
        </Button>
      )}
      {key === '' && endpoint.has_key && !moved && <p className="text-fact text-amber">{t('server.key_cleared')}</p>}
      <div className="grid gap-4 sm:grid-cols-3">
        {(
          [
            ['timeout_s', 1, 600],
            ['concurrency', 1, 64],
            ['max_calls', 0, 1e9],
          ] as const
        ).map(([name, least, most]) => (
          <Field
            key={name}
            type="number"
            label={t(`server.${name}`)}
            help={t(`server.${name}_help`)}
            min={least}
            max={most}
            value={limits[name]}
            onChange={event => touch(() => setLimits({ ...limits, [name]: event.target.value }))}
          />
        ))}
      </div>
      <div role="status" className="text-[13px] empty:hidden">
        {test.isPending && <p className="text-ink-2">{t('server.testing')}</p>}
        {test.data && (
          <>
            <p className={test.data.ok ? 'text-good' : 'text-bad'}>{said(test.data.words)}</p>
            {test.data.models.length > 0 && (
              <p className="mt-1 break-words text-fact text-ink-3">
                {t('server.offers', {
                  names: test.data.models.slice(0, 20).join(', '),
                  count: test.data.models.length,
                  shown: number(test.data.models.length),
                })}
              </p>
            )}
          </>
        )}
        {(test.error ?? save.error) && <p className="text-bad">{wordsFor(test.error ?? save.error)}</p>}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button busy={test.isPending} off={missing} onClick={() => test.mutate(body())}>
          {t('server.test')}
        </Button>
        <Button look="primary" type="submit" busy={save.isPending} off={missing}>
          {t('server.save')}
        </Button>
        {endpoint.base_url !== '' && (
          <Button look="danger" className="ml-auto" onClick={() => setAsked(true)}>
            {t('server.forget')}
          </Button>
        )}
      </div>
      <Confirm
        open={asked}
        title={t('server.forget_title')}
        about={t('server.forget_about')}
        action={t('server.forget')}
        onConfirm={() => forget.mutate(undefined, { onSuccess: () => toast(t('server.forgotten')) })}
        onClose={() => setAsked(false)}
      />
    </form>
  )
}
