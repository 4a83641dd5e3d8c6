import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import type { DialogProps } from '@/components/ui/Dialog'
import { IconButton } from '@/components/ui/IconButton'

/** The first field has the focus, else the dialog itself: not the button that closes it, whose hint would open. */
function focusContent(event: Event): void {
  const dialog = event.currentTarget
  if (!(dialog instanceof HTMLElement)) return
  event.preventDefault()
  const field = dialog.querySelector<HTMLElement>('input:not([type=file]), select, textarea')
  ;(field ?? dialog).focus()
}

export function DialogBox({ open, onClose, title, about, children, actions, wide = false }: DialogProps) {
  const { t } = useTranslation()
  return (
    <Radix.Root open={open} onOpenChange={now => !now && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-veil" />
        <Radix.Content
          onOpenAutoFocus={focusContent}
          className={`fixed top-1/2 left-1/2 z-50 flex max-h-[88dvh] w-[calc(100vw-32px)] -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-y-auto rounded-lg border border-line bg-surface p-5 shadow-card ${wide ? 'max-w-2xl' : 'max-w-md'}`}
          {...(about ? {} : { 'aria-describedby': undefined })}
        >
          <div className="flex items-start justify-between gap-4">
            <div>
              <Radix.Title className="text-title font-semibold">{title}</Radix.Title>
              {about && <Radix.Description className="mt-1 text-[13px] text-ink-2">{about}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton small label={t('close')} icon={<X className="size-4" />} className="-mt-1 -mr-1" />
            </Radix.Close>
          </div>
          {children}
          {actions && <div className="flex flex-wrap justify-end gap-2">{actions}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
