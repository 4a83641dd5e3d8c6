import { useTranslation } from 'react-i18next'
import { Progress } from '@/components/ui/Progress'
import { Tag } from '@/components/ui/Tag'
import { percent } from '@/lib/format'
import { runningWords } from '@/lib/i18n/service'
import type { Row } from '../rows'
import { useRunningRow } from '../useRow'

const TONES = { pending: 'plain', processing: 'light', completed: 'good', failed: 'bad', cancelled: 'plain' } as const

/** The state of a photo in a word. */
export function StateTag({ row, onPhoto = false }: { row: Row; onPhoto?: boolean }) {
  const { t } = useTranslation()
  if (row.status === 'processing') return <RunningTag row={row} onPhoto={onPhoto} />
  return (
    <Tag onPhoto={onPhoto} tone={TONES[row.status]}>
      {t(`state.${row.status}`)}
    </Tag>
  )
}

function RunningTag({ row, onPhoto }: { row: Row; onPhoto: boolean }) {
  const { progress, message } = useRunningRow(row)
  return (
    <Tag onPhoto={onPhoto} tone="light" className="min-w-0 max-w-full">
      <span className="truncate">{runningWords(message)}</span>
      <span>{percent(progress)}</span>
    </Tag>
  )
}

/** How far a running photo is, as a line. */
export function RunningLine({ row, className }: { row: Row; className?: string }) {
  const { progress } = useRunningRow(row)
  return <Progress label={row.name} share={progress} className={className ?? ''} />
}
