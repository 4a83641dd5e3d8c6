import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { buttonLook } from '@/components/ui/buttonLook'
import { ServiceError, wordsFor } from '@/lib/api/errors'
import { base, credentials, elsewhere } from '@/lib/api/place'
import { toast } from '@/lib/toasts'

interface ReportLinkProps {
  path: string
  icon: ReactNode
  children: ReactNode
}

/** Opens a page of the service beside this one. That of another Safelight is fetched first, with its token. */
export function ReportLink({ path, icon, children }: ReportLinkProps) {
  const [busy, setBusy] = useState(false)
  if (!elsewhere())
    return (
      <a href={path} target="_blank" rel="noopener" className={buttonLook('plain')}>
        {icon}
        {children}
      </a>
    )
  const open = async () => {
    setBusy(true)
    try {
      const response = await fetch(base() + path, { headers: credentials() })
      if (!response.ok) throw await ServiceError.of(response)
      const url = URL.createObjectURL(await response.blob())
      window.open(url, '_blank', 'noopener')
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
    } catch (error) {
      toast(wordsFor(error), { bad: true })
    }
    setBusy(false)
  }
  return (
    <Button icon={icon} busy={busy} onClick={() => void open()}>
      {children}
    </Button>
  )
}
