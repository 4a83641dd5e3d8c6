import clsx from 'clsx'
import { useTranslation } from 'react-i18next'
import { number } from '@/lib/format'
import type { Batch } from '../api/listBatches'

const TONES = {
  completed: 'text-good',
  processing: 'text-light-text',
  pending: 'text-ink-2',
  failed: 'text-bad',
  cancelled: 'text-ink-2',
  deleted: 'text-ink-3',
} as const

/** How many photos of a batch are in which state; states that none is in are left out. */
export function Counts({ batch, withoutDone = false }: { batch: Batch; withoutDone?: boolean }) {
  const { t } = useTranslation('batches')
  const names = Object.keys(TONES) as (keyof typeof TONES)[]
  return (
    <ul className="flex flex-wrap gap-x-3 text-fact">
      {names
        .filter(name => batch[name] > 0 && !(withoutDone && name === 'completed'))
        .map(name => (
          <li key={name} className={clsx('whitespace-nowrap', TONES[name])}>
            {t(`count.${name}`, { count: batch[name], shown: number(batch[name]) })}
          </li>
        ))}
    </ul>
  )
}
