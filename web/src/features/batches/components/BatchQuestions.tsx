import { useTranslation } from 'react-i18next'
import { Confirm } from '@/components/ui/Confirm'
import { number } from '@/lib/format'
import type { Batch } from '../api/listBatches'
import { openOnes } from '../sums'
import type { useBatchActs } from '../useBatchActs'

export type Question = 'cancel' | 'delete' | null

interface BatchQuestionsProps {
  batch: Batch
  question: Question
  acts: ReturnType<typeof useBatchActs>
  onClose: () => void
}

/** Asks before a batch is cancelled or deleted. */
export function BatchQuestions({ batch, question, acts, onClose }: BatchQuestionsProps) {
  const { t } = useTranslation('batches')
  const open = openOnes(batch)
  const all = batch.total - batch.deleted
  return (
    <>
      <Confirm
        open={question === 'cancel'}
        title={t('cancel_title', { count: open, shown: number(open) })}
        about={t('cancel_about')}
        action={t('cancel_batch')}
        onConfirm={() => acts.cancel.mutate()}
        onClose={onClose}
      />
      <Confirm
        open={question === 'delete'}
        title={t('delete_title', { count: all, shown: number(all) })}
        about={t('delete_about')}
        action={t('common:delete')}
        onConfirm={() => acts.remove.mutate()}
        onClose={onClose}
      />
    </>
  )
}

/** One photo is cancelled without a question. */
export function askToCancel(batch: Batch, acts: ReturnType<typeof useBatchActs>, ask: () => void): void {
  if (openOnes(batch) > 1) ask()
  else acts.cancel.mutate()
}
