import { useTranslation } from 'react-i18next'
import type { Entry } from '@/features/accounts/api/audit'
import { ALARMING, KINDS } from '@/features/accounts/kinds'
import { time } from '@/lib/format'

const WAYS = ['session', 'key', 'jwt', 'token', 'network', 'loopback', 'console'] as const

/** A line of the audit log in words. */
export function EntryRow({ entry }: { entry: Entry }) {
  const { t } = useTranslation('accounts')
  const kind = KINDS.find(one => one === entry.what)
  const way = WAYS.find(one => one === entry.via)
  const from = [way && t(`audit.via.${way}`), entry.address].filter(Boolean).join(' · ')
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-2.5 text-[13px]">
      <time dateTime={entry.at} className="w-36 shrink-0 text-fact text-ink-3 tabular-nums">
        {time(entry.at)}
      </time>
      <div className="min-w-0 flex-1 basis-64">
        <p className={ALARMING.has(entry.what) ? 'text-amber' : ''}>
          <span className="font-[550] break-all">{entry.who || t('audit.house')}</span>{' '}
          {kind ? t(`audit.did.${kind}`) : entry.what}
        </p>
        {entry.about && <p className="text-fact break-all text-ink-2">{entry.about}</p>}
      </div>
      <span className="text-fact break-all text-ink-3">{from}</span>
    </li>
  )
}
