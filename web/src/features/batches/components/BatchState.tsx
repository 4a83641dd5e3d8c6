import { useTranslation } from 'react-i18next'
import { Tag } from '@/components/ui/Tag'
import type { Batch } from '../api/listBatches'

const TONES = {
  pending: 'plain',
  processing: 'light',
  completed: 'good',
  partial_completed: 'amber',
  failed: 'bad',
  cancelled: 'plain',
} as const

/** The state of a batch in a word; on phones the counts tell it. */
export function BatchState({ status }: { status: Batch['status'] }) {
  const { t } = useTranslation()
  return (
    <Tag tone={TONES[status]} className="max-sm:hidden">
      {t(`state.${status}`)}
    </Tag>
  )
}
