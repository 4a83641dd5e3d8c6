import { LogOut } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { useSignOut } from '@/features/settings/api/signOut'
import { Section } from '@/features/settings/components/Section'
import { elsewhere } from '@/lib/api/place'
import { useSession } from '@/lib/data/useSession'
import { number } from '@/lib/format'
import { countWaiting } from '@/lib/leftovers'

/** The way out, where one had to sign in. */
export function Session() {
  const { t } = useTranslation('settings')
  const session = useSession().data
  const signOut = useSignOut()
  const [waiting, setWaiting] = useState(0)
  const leave = async () => {
    const count = await countWaiting()
    if (count > 0) setWaiting(count)
    else signOut.mutate({ discard: false })
  }
  if (!session?.needed || elsewhere()) return null
  return (
    <Section title={t('session.title')} about={t('session.about')}>
      <div>
        <Button icon={<LogOut aria-hidden className="size-4" />} busy={signOut.isPending} onClick={() => void leave()}>
          {t('session.out')}
        </Button>
      </div>
      <Confirm
        open={waiting > 0}
        title={t('session.waiting', { count: waiting, shown: number(waiting) })}
        about={t('session.waiting_about')}
        action={t('session.discard')}
        onConfirm={() => signOut.mutate({ discard: true })}
        onClose={() => setWaiting(0)}
      />
    </Section>
  )
}
