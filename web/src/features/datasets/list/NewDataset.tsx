import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Select } from '@/components/ui/Select'
import { wordsFor } from '@/lib/api/errors'
import { createDataset, datasetsOptions } from '../api/datasets'
import { useTemplates } from '../api/templates'

/** Asks what a dataset is called and what its words are. */
export function NewDataset({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('datasets')
  const form = useId()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const templates = useTemplates().data ?? []
  const [name, setName] = useState('')
  const [trigger, setTrigger] = useState<string | null>(null)
  const [classWord, setClassWord] = useState<string | null>(null)
  const [template, setTemplate] = useState('')
  const { mutate, error, isPending } = useMutation({
    mutationFn: createDataset,
    meta: { quiet: true },
    onSuccess: made => {
      void queries.invalidateQueries(datasetsOptions)
      onClose()
      return navigate({ to: '/datasets/$datasetId', params: { datasetId: made.dataset_id } })
    },
  })
  // What is not typed here is as the template has it.
  const words = templates.find(one => one.name === template)?.settings.caption
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim() || isPending) return
    const caption = {
      ...(trigger === null ? {} : { trigger: trigger.trim() }),
      ...(classWord === null ? {} : { class_word: classWord.trim() }),
    }
    mutate({ name: name.trim(), template: template || null, settings: { caption } })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('new')}
      about={t('new_about')}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button look="primary" type="submit" form={form} busy={isPending} off={name.trim() ? null : t('name_wanted')}>
            {t('make')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={send} className="flex flex-col gap-4">
        <Field
          label={t('name')}
          placeholder={t('name_example')}
          maxLength={200}
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={t('trigger')}
            help={t('trigger_help')}
            placeholder="sks"
            maxLength={64}
            autoCapitalize="off"
            autoComplete="off"
            spellCheck={false}
            value={trigger ?? words?.trigger ?? ''}
            onChange={event => setTrigger(event.target.value)}
          />
          <Field
            label={t('class_word')}
            help={t('class_word_help')}
            maxLength={64}
            autoComplete="off"
            value={classWord ?? words?.class_word ?? 'person'}
            onChange={event => setClassWord(event.target.value)}
          />
        </div>
        {templates.length > 0 && (
          <Select
            label={t('template')}
            help={t('template_help')}
            value={template}
            choices={[
              { value: '', label: t('template_none') },
              ...templates.map(one => ({ value: one.name, label: one.name })),
            ]}
            onChange={setTemplate}
          />
        )}
        {error && (
          <p role="alert" className="text-[13px] text-bad">
            {wordsFor(error)}
          </p>
        )}
      </form>
    </Dialog>
  )
}
