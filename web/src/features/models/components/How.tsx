import { Copy, ExternalLink } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '@/components/ui/Dialog'
import { IconButton } from '@/components/ui/IconButton'
import { adviceIn } from '@/features/models/advice'
import type { State } from '@/features/models/groups'
import type { Model } from '@/lib/data/offers'
import { toast } from '@/lib/toasts'

interface HowProps {
  model: Model
  state: Exclude<State, 'here' | 'fetchable'>
  open: boolean
  onClose: () => void
}

/** How a model can be had that the service does not fetch by itself. */
export function How({ model, state, open, onClose }: HowProps) {
  const { t } = useTranslation('models')
  const reason = model.reason ?? ''
  const { command, address } = adviceIn(reason)
  return (
    <Dialog wide open={open} onClose={onClose} title={t('how_of', { title: model.title })} about={t(`steps.${state}`)}>
      {command && state !== 'by_hand' && (
        <div className="flex items-center gap-2 rounded-sm border border-line bg-ground py-1 pr-1 pl-3">
          <code className="min-w-0 flex-1 overflow-x-auto py-1 text-fact whitespace-nowrap">{command}</code>
          <IconButton
            small
            label={t('copy_command')}
            icon={<Copy className="size-4" />}
            onClick={() => void copy(command, t('common:copied'))}
          />
        </div>
      )}
      {address && (
        <p className="text-[13px]">
          {t('from')}:{' '}
          <a
            href={address}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1 font-[550] break-all text-light-text hover:underline"
          >
            {new URL(address).host}
            <ExternalLink aria-hidden className="size-3.5" />
          </a>
        </p>
      )}
      {reason && (
        <details className="text-fact text-ink-3">
          <summary className="text-ink-2">{t('whole')}</summary>
          <p className="mt-2 max-h-48 overflow-y-auto break-words select-text">{reason}</p>
        </details>
      )}
    </Dialog>
  )
}

async function copy(text: string, told: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast(told)
  } catch {
    // Pages that are not secure may not; the command can be selected.
  }
}
