import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { wordsFor } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import { changeDataset } from '../api/datasets'

interface RenameDatasetProps {
  id: string
  name: string
  onClose: () => void
}

export function RenameDataset({ id, name, onClose }: RenameDatasetProps) {
  const { t } = useTranslation('datasets')
  const form = useId()
  const queries = useQueryClient()
  const [typed, setTyped] = useState(name)
  const { mutate, error, isPending } = useMutation({
    mutationFn: (wanted: string) => changeDataset(id, { name: wanted }),
    meta: { quiet: true },
    onSuccess: () => {
      onClose()
      return queries.invalidateQueries({ queryKey: keys.datasets() })
    },
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim() && !isPending) mutate(typed.trim())
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('rename')}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button
            look="primary"
            type="submit"
            form={form}
            busy={isPending}
            off={typed.trim() ? null : t('name_wanted')}
          >
            {t('common:save')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={send}>
        <Field
          label={t('name')}
          maxLength={200}
          value={typed}
          wrong={error ? wordsFor(error) : undefined}
          onChange={event => setTyped(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
