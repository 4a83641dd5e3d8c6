import { LogOut } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { useSignOut } from '@/lib/calls/signOut'
import { number } from '@/lib/format'
import { countWaiting } from '@/lib/leftovers'

interface SignOutProps {
  /** Whether somebody signed in with name and password: what waits is theirs then, and is not sent by others. */
  account: boolean
}

/** The way out; it asks first where photos wait to be sent. */
export function SignOut({ account }: SignOutProps) {
  const { t } = useTranslation()
  const signOut = useSignOut()
  const [waiting, setWaiting] = useState(0)
  const ask = async () => {
    const count = await countWaiting()
    if (count > 0) setWaiting(count)
    else signOut.mutate({ discard: false, account })
  }
  const leave = (discard: boolean) => {
    setWaiting(0)
    signOut.mutate({ discard, account })
  }
  return (
    <>
      <Button icon={<LogOut aria-hidden className="size-4" />} busy={signOut.isPending} onClick={() => void ask()}>
        {t('sign_out.out')}
      </Button>
      <Dialog
        open={waiting > 0}
        onClose={() => setWaiting(0)}
        title={t('sign_out.waiting', { count: waiting, shown: number(waiting) })}
        about={t(account ? 'sign_out.about_user' : 'sign_out.about')}
        actions={
          <>
            <Button onClick={() => setWaiting(0)}>{t('cancel')}</Button>
            {account && <Button onClick={() => leave(false)}>{t('sign_out.keep')}</Button>}
            <Button look="danger" onClick={() => leave(true)}>
              {t('sign_out.discard')}
            </Button>
          </>
        }
      >
        {null}
      </Dialog>
    </>
  )
}
