import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { SignOut } from '@/components/SignOut'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Tag } from '@/components/ui/Tag'
import { Browsers } from '@/features/accounts/components/Browsers'
import { Keys } from '@/features/accounts/components/Keys'
import { Password } from '@/features/accounts/components/Password'
import { useSession } from '@/lib/data/useSession'

/** Who one is here: password, browsers, keys. */
export function AccountPage() {
  const { t } = useTranslation('accounts')
  const account = useSession().data
  if (!account)
    return (
      <Page title={t('account')}>
        <Skeleton className="mx-auto h-96 max-w-2xl" />
      </Page>
    )
  if (account.via !== 'session' || account.user === null)
    return (
      <Page title={t('account')}>
        <Empty title={t('no_account')} hint={t('no_account_hint')} />
      </Page>
    )
  return (
    <Page
      title={account.user}
      chips={account.role && <Tag>{t(`roles.${account.role}`)}</Tag>}
      actions={<SignOut account />}
    >
      <div className="mx-auto flex max-w-2xl flex-col gap-4">
        <Keys account={account} />
        <Password user={account.user} />
        <Browsers />
      </div>
    </Page>
  )
}
