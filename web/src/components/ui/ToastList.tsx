import { X } from 'lucide-react'
import { Toast } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { dropToast, type ToastMessage } from '@/lib/toasts'

/** What just happened, at the edge where it hides nothing: above the foot of the page on phones, below on the left else. */
export function ToastList({ shown }: { shown: readonly ToastMessage[] }) {
  const { t } = useTranslation()
  return (
    <Toast.Provider swipeDirection="left" label={t('app')}>
      {shown.map(one => (
        <Toast.Root
          key={one.id}
          duration={one.action ? 8000 : 5000}
          onOpenChange={open => !open && dropToast(one.id)}
          className="flex items-center gap-3 rounded-md border border-line bg-raised py-2 pr-2 pl-4 text-[13px] shadow-card"
        >
          <Toast.Description className={one.bad ? 'text-bad' : 'text-ink'}>{one.words}</Toast.Description>
          {one.action && (
            <Toast.Action asChild altText={one.action.label}>
              <button type="button" onClick={one.action.do} className="font-semibold text-light-text">
                {one.action.label}
              </button>
            </Toast.Action>
          )}
          <Toast.Close aria-label={t('close')} className="ml-auto rounded-sm p-1 text-ink-3 hover:text-ink">
            <X className="size-4" />
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed bottom-20 left-4 z-60 flex w-88 max-w-[calc(100vw-32px)] flex-col gap-2 outline-none md:bottom-4 md:left-20" />
    </Toast.Provider>
  )
}
