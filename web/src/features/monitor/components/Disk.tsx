import { useTranslation } from 'react-i18next'
import { Panel } from '@/features/monitor/components/Panel'
import type { Health } from '@/lib/data/useHealth'
import { bytes } from '@/lib/format'

/** How much room is left where photos are kept. */
export function Disk({ disk }: { disk: Health['disk'] }) {
  const { t } = useTranslation('monitor')
  const known = disk.free_bytes !== null
  return (
    <Panel title={t('disk.title')}>
      <p className={`text-[20px] font-semibold ${disk.full ? 'text-bad' : ''}`}>
        {disk.free_bytes !== null ? t('disk.free', { free: bytes(disk.free_bytes) }) : '–'}
      </p>
      <p className={`text-fact ${disk.full ? 'text-bad' : 'text-ink-3'}`} role={disk.full ? 'alert' : undefined}>
        {disk.full
          ? t('disk.full')
          : known
            ? t('disk.needed', { needed: bytes(disk.needed_bytes) })
            : t('disk.unknown')}
      </p>
    </Panel>
  )
}
