import { Link } from '@tanstack/react-router'
import { Link2, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Button } from '@/components/ui/Button'
import { buttonLook } from '@/components/ui/buttonLook'
import { Skeleton } from '@/components/ui/Skeleton'
import { Tag } from '@/components/ui/Tag'
import { Trouble } from '@/components/ui/Trouble'
import { useUsers } from '@/features/accounts/api/users'
import { ForAdmins } from '@/features/accounts/components/ForAdmins'
import { NewUser } from '@/features/accounts/components/NewUser'
import { UserRow } from '@/features/accounts/components/UserRow'
import { useMay } from '@/lib/data/useSession'

/** Who may sign in, and what they may do. */
export function UsersPage() {
  const { t } = useTranslation('accounts')
  const admin = useMay('admin')
  const [making, setMaking] = useState<'user' | 'link' | null>(null)
  return (
    <Page
      title={t('users.title')}
      actions={
        admin && (
          <>
            <Link to="/audit" search={{ who: '', what: '' }} className={buttonLook('ghost')}>
              {t('audit.title')}
            </Link>
            <Button icon={<Link2 aria-hidden className="size-4" />} onClick={() => setMaking('link')}>
              {t('users.invite')}
            </Button>
            <Button look="primary" icon={<UserPlus aria-hidden className="size-4" />} onClick={() => setMaking('user')}>
              {t('users.add')}
            </Button>
          </>
        )
      }
    >
      <ForAdmins>
        <List />
      </ForAdmins>
      {making && <NewUser named={making === 'user'} onClose={() => setMaking(null)} />}
    </Page>
  )
}

function List() {
  const { t } = useTranslation('accounts')
  const { data: users, error, refetch } = useUsers()
  if (!users && error) return <Trouble error={error} onRetry={() => void refetch()} />
  if (!users) return <Skeleton className="mx-auto h-72 max-w-3xl" />
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-3">
      <p>
        <Tag>{t('users.count', { count: users.length })}</Tag>
      </p>
      <ul className="divide-y divide-line-soft rounded-md border border-line-soft bg-surface">
        {users.map(one => (
          <UserRow key={one.name} user={one} />
        ))}
      </ul>
    </div>
  )
}
