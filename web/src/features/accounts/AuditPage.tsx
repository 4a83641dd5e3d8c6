import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Button } from '@/components/ui/Button'
import { buttonLook } from '@/components/ui/buttonLook'
import { Empty } from '@/components/ui/Empty'
import { Select } from '@/components/ui/Select'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { type Filters, useAudit } from '@/features/accounts/api/audit'
import { useUsers } from '@/features/accounts/api/users'
import { EntryRow } from '@/features/accounts/components/EntryRow'
import { ForAdmins } from '@/features/accounts/components/ForAdmins'
import { KINDS } from '@/features/accounts/kinds'

/** Who did what that matters to others. */
export function AuditPage() {
  const { t } = useTranslation('accounts')
  return (
    <Page
      title={t('audit.title')}
      actions={
        <Link to="/users" className={buttonLook('ghost')}>
          {t('users.title')}
        </Link>
      }
    >
      <ForAdmins>
        <Log />
      </ForAdmins>
    </Page>
  )
}

function Log() {
  const { t } = useTranslation('accounts')
  const { who = '', what = '' } = useSearch({ strict: false })
  const navigate = useNavigate()
  const log = useAudit({ who, what })
  const filter = (changed: Partial<Filters>) =>
    void navigate({ to: '/audit', search: { who, what, ...changed }, replace: true })
  const entries = log.data?.pages.flatMap(page => page.entries) ?? []
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-4">
      <div className="grid gap-3 sm:grid-cols-2">
        <ByWhom who={who} onChange={chosen => filter({ who: chosen })} />
        <Select
          label={t('audit.what')}
          value={what}
          choices={[{ value: '', label: t('audit.everything') }, ...KINDS.map(kind)]}
          onChange={chosen => filter({ what: chosen })}
        />
      </div>
      {!log.data && log.error ? (
        <Trouble error={log.error} onRetry={() => void log.refetch()} />
      ) : !log.data ? (
        <Skeleton className="h-96" />
      ) : entries.length === 0 ? (
        <Empty title={t('audit.none')} hint={t('audit.none_hint')} />
      ) : (
        <ol className="divide-y divide-line-soft rounded-md border border-line-soft bg-surface">
          {entries.map(one => (
            <EntryRow key={one.id} entry={one} />
          ))}
        </ol>
      )}
      {log.hasNextPage && (
        <Button className="self-center" busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t('audit.more')}
        </Button>
      )}
    </div>
  )

  function kind(value: string) {
    return { value, label: t(`audit.kinds.${value}`) }
  }
}

function ByWhom({ who, onChange }: { who: string; onChange: (who: string) => void }) {
  const { t } = useTranslation('accounts')
  const names = (useUsers().data ?? []).map(one => one.name)
  // One that is asked for by the address need not be a user: failures tell the name that was tried.
  if (who !== '' && !names.includes(who)) names.push(who)
  return (
    <Select
      label={t('audit.who')}
      value={who}
      choices={[{ value: '', label: t('audit.everybody') }, ...names.map(value => ({ value, label: value }))]}
      onChange={onChange}
    />
  )
}
