import { useState, useSyncExternalStore } from 'react'
import { late } from '@/lib/late'
import { subscribeToasts, toasts } from '@/lib/toasts'

const ToastList = late(() => import('@/components/ui/ToastList').then(code => code.ToastList))

/** What just happened; the code of it is fetched when something did. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribeToasts, toasts)
  const [wanted, setWanted] = useState(false)
  if (shown.length > 0 && !wanted) setWanted(true)
  return wanted ? <ToastList shown={shown} /> : null
}
