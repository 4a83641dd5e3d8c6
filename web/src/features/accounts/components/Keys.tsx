import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { Skeleton } from '@/components/ui/Skeleton'
import { Tag } from '@/components/ui/Tag'
import { Trouble } from '@/components/ui/Trouble'
import { type Key, useKeys, useRevokeKey } from '@/features/accounts/api/keys'
import { MakeKey } from '@/features/accounts/components/MakeKey'
import { Part } from '@/features/accounts/components/Part'
import type { Account } from '@/lib/data/useSession'
import { time } from '@/lib/format'
import { toast } from '@/lib/toasts'

/** One's keys for programs. */
export function Keys({ account }: { account: Account }) {
  const { t } = useTranslation('accounts')
  const { data: keys, error, refetch } = useKeys()
  const [making, setMaking] = useState(false)
  return (
    <Part
      title={t('keys.title')}
      about={t('keys.about')}
      action={
        <Button icon={<KeyRound aria-hidden className="size-4" />} onClick={() => setMaking(true)}>
          {t('keys.make')}
        </Button>
      }
    >
      {!keys && error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : !keys ? (
        <Skeleton className="h-20" />
      ) : keys.length === 0 ? (
        <p className="text-[13px] text-ink-3">{t('keys.none')}</p>
      ) : (
        <ul className="divide-y divide-line-soft">
          {keys.map(one => (
            <Row key={one.id} known={one} />
          ))}
        </ul>
      )}
      {making && <MakeKey account={account} onClose={() => setMaking(false)} />}
    </Part>
  )
}

function Row({ known }: { known: Key }) {
  const { t } = useTranslation('accounts')
  const [asking, setAsking] = useState(false)
  const revoke = useRevokeKey()
  const over = known.expires_at !== null && Date.parse(known.expires_at) <= Date.now()
  const { name } = known
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-60 text-[13px]">
        <h3 className="flex flex-wrap items-center gap-2 font-[550]">
          <span className="break-all">{name}</span>
          {over && <Tag tone="amber">{t('keys.over')}</Tag>}
          {known.acts_for_others && <Tag>{t('keys.acts')}</Tag>}
        </h3>
        <p className="text-fact text-ink-2">
          {known.scopes.map(one => t(`scopes.${one.replace(':', '_')}`)).join(' · ')}
        </p>
        <p className="text-fact text-ink-3">
          <span className="font-mono break-all">sl_{known.id}_…</span>
          {' · '}
          {known.used_at ? t('keys.used', { at: time(known.used_at) }) : t('keys.unused')}
          {' · '}
          {known.expires_at ? t('keys.ends', { at: time(known.expires_at) }) : t('keys.endless')}
        </p>
      </div>
      <Button
        small
        look="danger"
        aria-label={t('keys.revoke_of', { name })}
        busy={revoke.isPending}
        onClick={() => setAsking(true)}
      >
        {t('keys.revoke')}
      </Button>
      <Confirm
        open={asking}
        title={t('keys.revoke_title', { name })}
        about={t('keys.revoke_about')}
        action={t('keys.revoke')}
        onConfirm={() => revoke.mutate(known.id, { onSuccess: () => toast(t('keys.revoked', { name })) })}
        onClose={() => setAsking(false)}
      />
    </li>
  )
}
