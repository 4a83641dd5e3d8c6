import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { useDeletePreset } from '@/features/settings/api/deletePreset'
import { useSavePreset } from '@/features/settings/api/savePreset'
import { isName } from '@/features/settings/presetFiles'
import { wordsFor } from '@/lib/api/errors'
import type { Preset } from '@/lib/data/offers'
import { presetTitle } from '@/lib/i18n/service'
import { toast } from '@/lib/toasts'

interface RenameProps {
  preset: Preset
  /** Names that there are. */
  taken: readonly string[]
  onClose: () => void
}

/** Give a preset another name: it is kept under the new one first, so that nothing is lost on the way. */
export function Rename({ preset, taken, onClose }: RenameProps) {
  const { t } = useTranslation('settings')
  const form = useId()
  const [name, setName] = useState(presetTitle(preset))
  const [wrong, setWrong] = useState<string>()
  const save = useSavePreset()
  const remove = useDeletePreset()

  const rename = async (event: FormEvent) => {
    event.preventDefault()
    const wanted = name.trim()
    const trouble =
      wanted === ''
        ? t('presets.name_empty')
        : !isName(wanted)
          ? t('presets.name_signs')
          : wanted !== preset.name && taken.includes(wanted)
            ? t('presets.name_taken')
            : undefined
    setWrong(trouble)
    if (trouble) return
    try {
      await save.mutateAsync({ name: wanted, recipe: { ...preset.recipe, name: wanted, title: wanted } })
      if (wanted !== preset.name) await remove.mutateAsync(preset.name)
      toast(t('presets.renamed', { name: wanted }))
      onClose()
    } catch (error) {
      setWrong(wordsFor(error))
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('presets.rename_title', { name: presetTitle(preset) })}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button look="primary" type="submit" form={form} busy={save.isPending || remove.isPending}>
            {t('presets.rename')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={event => void rename(event)} noValidate>
        <Field
          label={t('presets.name')}
          value={name}
          wrong={wrong}
          onChange={event => {
            setName(event.target.value)
            setWrong(undefined)
          }}
        />
      </form>
    </Dialog>
  )
}
