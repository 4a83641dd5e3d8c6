import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { stateOf } from '@/features/models/groups'
import type { Model } from '@/lib/data/offers'
import { useHealth } from '@/lib/data/useHealth'
import { bytes } from '@/lib/format'

/** What models take: of the disk, of the memory, and how much is left. */
export function Room({ models }: { models: readonly Model[] }) {
  const { t } = useTranslation('models')
  const health = useHealth().data
  const warm = models.filter(model => model.warm)
  const held = warm.reduce((sum, model) => sum + (model.memory ?? 0), 0)
  const weights = models.reduce((sum, model) => sum + (stateOf(model) === 'here' ? (model.bytes ?? 0) : 0), 0)
  const workers = health?.engine.workers.reduce((sum, worker) => sum + (worker.memory ?? 0), 0)
  const free = health?.disk.free_bytes
  return (
    <dl
      aria-label={t('room.label')}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-md border border-line-soft bg-line-soft md:grid-cols-4"
    >
      <Fact name={t('room.installed')}>{models.length > 0 ? bytes(weights) : '–'}</Fact>
      <Fact
        name={t('room.resident')}
        more={warm.length > 0 ? warm.map(model => model.title).join(', ') : t('room.resident_none')}
      >
        {warm.length > 0 ? bytes(held) : '–'}
      </Fact>
      <Fact name={t('room.workers')} more={health && t('common:workers', { count: health.engine.workers.length })}>
        {workers === undefined ? '–' : bytes(workers)}
      </Fact>
      <Fact name={t('room.disk')} more={health?.disk.full ? t('room.disk_full') : undefined} bad={health?.disk.full}>
        {free === null || free === undefined ? '–' : bytes(free)}
      </Fact>
    </dl>
  )
}

interface FactProps {
  name: string
  more?: string | undefined
  bad?: boolean | undefined
  children: ReactNode
}

function Fact({ name, more, bad, children }: FactProps) {
  return (
    <div className="bg-surface px-4 py-3">
      <dt className="text-fact text-ink-3">{name}</dt>
      <dd className="text-title font-semibold tabular-nums">
        {children}
        {more && <span className={`block text-fact font-normal ${bad ? 'text-bad' : 'text-ink-3'}`}>{more}</span>}
      </dd>
    </div>
  )
}
