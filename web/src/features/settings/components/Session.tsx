import { LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { useSignOut } from '@/features/settings/api/signOut'
import { Section } from '@/features/settings/components/Section'
import { elsewhere } from '@/lib/api/place'
import { useSession } from '@/lib/data/useSession'

/** The way out, where one had to sign in. */
export function Session() {
  const { t } = useTranslation('settings')
  const session = useSession().data
  const signOut = useSignOut()
  if (!session?.needed || elsewhere()) return null
  return (
    <Section title={t('session.title')} about={t('session.about')}>
      <div>
        <Button
          icon={<LogOut aria-hidden className="size-4" />}
          busy={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          {t('session.out')}
        </Button>
      </div>
    </Section>
  )
}
