import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { Skeleton } from '@/components/ui/Skeleton'
import { Tag } from '@/components/ui/Tag'
import { Trouble } from '@/components/ui/Trouble'
import { useEndOthers, useSessions } from '@/features/accounts/api/account'
import { Part } from '@/features/accounts/components/Part'
import { time } from '@/lib/format'
import { toast } from '@/lib/toasts'

/** Where one is signed in, and the end of that everywhere else. */
export function Browsers() {
  const { t } = useTranslation('accounts')
  const { data: sessions, error, refetch } = useSessions()
  const end = useEndOthers()
  const [asking, setAsking] = useState(false)
  const alone = (sessions?.length ?? 0) < 2
  return (
    <Part
      title={t('browsers.title')}
      about={t('browsers.about')}
      action={
        <Button off={alone && t('browsers.alone')} busy={end.isPending} onClick={() => setAsking(true)}>
          {t('browsers.end')}
        </Button>
      }
    >
      {sessions ? (
        <ul className="divide-y divide-line-soft">
          {sessions.map(one => (
            <li key={one.created_at} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-[13px]">
              <span className="min-w-0 flex-1 basis-48">{t('browsers.since', { at: time(one.created_at) })}</span>
              <span className="text-fact text-ink-3 tabular-nums">
                {one.current ? (
                  <Tag tone="good">{t('browsers.this')}</Tag>
                ) : (
                  t('browsers.seen', { at: time(one.seen_at) })
                )}
              </span>
            </li>
          ))}
        </ul>
      ) : error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-16" />
      )}
      <Confirm
        open={asking}
        title={t('browsers.end_title')}
        about={t('browsers.end_about')}
        action={t('browsers.end')}
        onConfirm={() => end.mutate(undefined, { onSuccess: () => toast(t('browsers.ended')) })}
        onClose={() => setAsking(false)}
      />
    </Part>
  )
}
