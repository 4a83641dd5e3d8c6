import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { wordsFor } from '@/lib/api/errors'
import { presetsOptions, usePresets } from '@/lib/data/offers'
import type { Draft } from '@/lib/draft'
import { toast } from '@/lib/toasts'
import { savePreset } from '../api/savePreset'

interface SavePresetProps {
  draft: Draft
  open: boolean
  onClose: () => void
  onSaved: (draft: Draft) => void
}

export function SavePreset({ draft, open, onClose, onSaved }: SavePresetProps) {
  const { t } = useTranslation('studio')
  const queries = useQueryClient()
  const { data: presets = [] } = usePresets()
  const [name, setName] = useState('')
  const replaces = presets.some(one => one.own && one.name === name.trim())
  const saving = useMutation({
    mutationFn: () => savePreset(name.trim(), { title: name.trim(), steps: draft.steps }),
    meta: { quiet: true },
    onSuccess: async saved => {
      await queries.invalidateQueries({ queryKey: presetsOptions.queryKey })
      onSaved({ ...draft, preset: saved.name, title: saved.title })
      toast(t('preset_saved', { name: saved.title }))
      setName('')
      onClose()
    },
  })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('save_preset')}
      about={t('save_preset_about')}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button look="primary" busy={saving.isPending} type="submit" form="save-preset">
            {t(replaces ? 'preset_replace' : 'common:save')}
          </Button>
        </>
      }
    >
      <form
        id="save-preset"
        onSubmit={event => {
          event.preventDefault()
          if (name.trim()) saving.mutate()
        }}
      >
        <Field
          autoFocus
          label={t('preset_name')}
          maxLength={100}
          value={name}
          help={replaces ? t('preset_there') : undefined}
          wrong={saving.error ? wordsFor(saving.error) : undefined}
          onChange={event => setName(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
