import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Confirm } from '@/components/ui/Confirm'
import { keys } from '@/lib/api/keys'
import { toast } from '@/lib/toasts'
import { type DatasetSummary, datasetsOptions, deleteDataset } from '../api/datasets'

interface DeleteDatasetProps {
  dataset: Pick<DatasetSummary, 'dataset_id' | 'name'>
  open: boolean
  onClose: () => void
  onDeleted?: () => void
}

/** Asks before a dataset is deleted with all that is in it. */
export function DeleteDataset({ dataset, open, onClose, onDeleted }: DeleteDatasetProps) {
  const { t } = useTranslation('datasets')
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => deleteDataset(dataset.dataset_id),
    onSuccess: () => {
      toast(t('deleted', { name: dataset.name }))
      onDeleted?.()
      queries.removeQueries({ queryKey: keys.dataset(dataset.dataset_id) })
      return queries.invalidateQueries(datasetsOptions)
    },
  })
  return (
    <Confirm
      open={open}
      title={t('delete_title', { name: dataset.name })}
      about={t('delete_about')}
      action={t('common:delete')}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  )
}
