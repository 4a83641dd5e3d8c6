import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { SignOut } from '@/components/SignOut'
import { buttonLook } from '@/components/ui/buttonLook'
import { Tag } from '@/components/ui/Tag'
import { Section } from '@/features/settings/components/Section'
import { elsewhere } from '@/lib/api/place'
import { useSession } from '@/lib/data/useSession'

/** Who this is, and the way out, where one had to sign in. */
export function Session() {
  const { t } = useTranslation('settings')
  const session = useSession().data
  if (!session?.signed_in || elsewhere()) return null
  if (session.via === 'session')
    return (
      <Section title={t('session.account')}>
        <p className="flex flex-wrap items-center gap-2 text-[13px]">
          <span className="min-w-0 break-all">{t('session.you', { name: session.user })}</span>
          {session.role && <Tag>{t(`session.roles.${session.role}`)}</Tag>}
        </p>
        <div className="flex flex-wrap gap-2">
          <Link to="/account" className={buttonLook()}>
            {t('session.manage')}
          </Link>
          <House admin={session.scopes.includes('admin')} />
          <SignOut account />
        </div>
      </Section>
    )
  if (session.via !== 'token' && !session.accounts) return null
  return (
    <Section title={t('session.title')} about={session.via === 'token' ? t('session.about') : undefined}>
      <div className="flex flex-wrap gap-2">
        <House admin={session.accounts && session.scopes.includes('admin')} />
        {session.via === 'token' && <SignOut account={false} />}
      </div>
    </Section>
  )
}

/** What admins see to. */
function House({ admin }: { admin: boolean }) {
  const { t } = useTranslation('settings')
  if (!admin) return null
  return (
    <>
      <Link to="/users" className={buttonLook()}>
        {t('session.users')}
      </Link>
      <Link to="/audit" search={{ who: '', what: '' }} className={buttonLook()}>
        {t('session.audit')}
      </Link>
    </>
  )
}
