import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { type Draft, orderOf } from '@/lib/draft'
import { number } from '@/lib/format'
import { toast } from '@/lib/toasts'
import { SETTLE_MS, useSettled } from '@/lib/useSettled'
import { createTask } from '../api/createTask'
import { planOptions } from '../api/planOrder'
import { layDown, uploads } from '../uploads/desk'
import type { OnTable } from '../useOnTable'
import { notYetDone } from './notYetDone'

interface ActionsProps {
  draft: Draft
  onTable: OnTable
  previewing: boolean
  onPreview: () => void
}

/** The two buttons: look at a part first, and do it to all. */
export function Actions({ draft, onTable, previewing, onPreview }: ActionsProps) {
  const { t } = useTranslation('studio')
  const settled = useSettled(draft, SETTLE_MS)
  const { data: plan, isPlaceholderData } = useQuery(
    planOptions(orderOf(settled), onTable.subjects.at(-1)?.subject ?? null),
  )
  // While the plan for what is set now is not there, nobody knows what was done with it.
  const known = plan && !isPlaceholderData && settled === draft
  const waiting = onTable.uploads.filter(one => !one.start && one.state !== 'refused').length
  const others = notYetDone(onTable.tasks, known ? plan.signature : null)
  const again = useMutation({
    mutationFn: async () => {
      const [batch, order] = [onTable.batch ?? '', orderOf(draft)]
      for (const task of others) layDown(batch, await createTask({ order, batch, of: { task: task.task_id } }))
      return others.length
    },
    onSuccess: count => toast(t('apply_done', { count })),
  })

  const empty = onTable.tasks.length === 0 && onTable.uploads.length === 0
  const noPreview = onTable.subjects.length === 0 && t(empty ? 'preview_none' : 'preview_soon')
  return (
    <div className="flex gap-2">
      <Button className="h-10 flex-1" aria-pressed={previewing} off={noPreview} onClick={onPreview}>
        {t(previewing ? 'preview.back' : 'preview_part')}
      </Button>
      {waiting > 0 ? (
        <Button look="primary" className="h-10 flex-1" onClick={() => uploads.start(orderOf(draft))}>
          {t('start_all', { count: number(waiting) as never })}
        </Button>
      ) : (
        <Button
          look="primary"
          className="h-10 flex-1"
          busy={again.isPending || (!known && !empty)}
          off={others.length === 0 && t(empty ? 'apply_none' : 'apply_same')}
          onClick={() => again.mutate()}
        >
          {others.length === 0 ? t('start_none') : t('apply_all', { count: number(others.length) as never })}
        </Button>
      )}
    </div>
  )
}
