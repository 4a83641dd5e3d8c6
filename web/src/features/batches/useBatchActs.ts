import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { wordsFor } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import { downloadFrom } from '@/lib/download'
import { setTable, table } from '@/lib/table'
import { toast } from '@/lib/toasts'
import { cancelBatch } from './api/cancelBatch'
import { deleteBatch } from './api/deleteBatch'
import { retryBatch } from './api/retryBatch'
import type { Again } from './sums'

/** What can be done with a batch as a whole. */
export function useBatchActs(id: string, onDeleted?: () => void) {
  const { t } = useTranslation('batches')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: keys.batches() }),
      queries.invalidateQueries({ queryKey: ['batch tasks', id] }),
    ])
  const cancel = useMutation({ mutationFn: () => cancelBatch(id), onSettled: refresh })
  const retry = useMutation({
    mutationFn: (which: Again) => retryBatch(id, which !== 'failed'),
    onSettled: refresh,
  })
  const remove = useMutation({
    mutationFn: () => deleteBatch(id),
    onSuccess: () => {
      // The studio would look for photos that are gone.
      if (table() === id) setTable(null)
      queries.removeQueries({ queryKey: keys.batch(id) })
      toast(t('deleted'))
      onDeleted?.()
      return queries.invalidateQueries({ queryKey: keys.batches() })
    },
  })
  return {
    cancel,
    retry,
    remove,
    download: () =>
      void downloadFrom(`/api/v1/batch/download/${id}?partial=1`).catch(error => toast(wordsFor(error), { bad: true })),
    report: () => void navigate({ to: '/reports/batches/$batchId', params: { batchId: id } }),
    toStudio: () => {
      setTable(id)
      void navigate({ to: '/' })
    },
  }
}
