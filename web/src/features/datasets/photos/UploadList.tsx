import { RotateCw, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '@/components/ui/IconButton'
import { Progress } from '@/components/ui/Progress'
import { bytes, number, percent } from '@/lib/format'
import { said } from '../said'
import { type Upload, uploads, useUploads } from '../uploads'

/** Of thousands that wait, those that are on their way say enough. */
const MOST = 8

/** Files on their way, and those that were not taken. */
export function UploadList({ id }: { id: string }) {
  const { t } = useTranslation('datasets')
  const all = useUploads(id)
  if (all.length === 0) return null
  const open = all.filter(one => one.state !== 'refused')
  const shown = [...open.filter(one => one.state !== 'waiting'), ...open.filter(one => one.state === 'waiting')]
  const refused = all.filter(one => one.state === 'refused')
  return (
    <section aria-label={t('uploads')} className="flex flex-col gap-2">
      <p role="status" className="text-[13px] text-ink-2">
        {open.length > 0 && t('sending', { count: open.length, shown: number(open.length) })}
        {open.length > 0 && refused.length > 0 && ' · '}
        {refused.length > 0 && <span className="text-bad">{t('not_taken', { count: refused.length })}</span>}
      </p>
      <ul className="flex flex-col overflow-hidden rounded-md border border-line-soft bg-surface empty:hidden">
        {[...refused, ...shown.slice(0, MOST)].map(one => (
          <Line key={one.id} upload={one} />
        ))}
      </ul>
    </section>
  )
}

function Line({ upload }: { upload: Upload }) {
  const { t } = useTranslation('datasets')
  const { name, state, share, trouble } = upload
  return (
    <li className="relative flex min-h-11 items-center gap-3 border-b border-line-soft py-1 pr-1.5 pl-3 last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="truncate text-[13px]">{name}</p>
        {state === 'refused' && (
          <p role="alert" className="text-fact break-words text-bad">
            {whyNot(trouble, t('refused'))}
          </p>
        )}
      </div>
      <span className="shrink-0 text-fact text-ink-3">
        {state === 'sending' && t('sending_at', { share: percent(share) })}
        {state === 'waiting' && bytes(upload.size)}
        {state === 'again' && t('again')}
      </span>
      {state === 'refused' && trouble?.code !== 'not_taken' && (
        <IconButton
          small
          label={t('retry_file', { name })}
          icon={<RotateCw className="size-4" />}
          onClick={() => uploads.retry(upload.id)}
        />
      )}
      <IconButton
        small
        label={t('remove_file', { name })}
        icon={<X className="size-4" />}
        onClick={() => uploads.remove(upload.id)}
      />
      {state === 'sending' && <Progress label={name} share={share} className="absolute inset-x-0 bottom-0" />}
    </li>
  )
}

function whyNot(trouble: Upload['trouble'], usual: string): string {
  return trouble?.message ? said(trouble.message) : usual
}
