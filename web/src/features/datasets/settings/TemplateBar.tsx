import { FolderOpen, Save, Trash2 } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Menu } from '@/components/ui/Menu'
import { wordsFor } from '@/lib/api/errors'
import { toast } from '@/lib/toasts'
import { useDeleteTemplate, useSaveTemplate, useTemplates } from '../api/templates'
import type { Settings } from './groups'

interface TemplateBarProps {
  settings: Settings
  onLoad: (settings: Settings, name: string) => void
}

/** Settings that were saved under a name: to be taken over, saved and deleted. */
export function TemplateBar({ settings, onLoad }: TemplateBarProps) {
  const { t } = useTranslation('datasets')
  const templates = useTemplates().data ?? []
  const remove = useDeleteTemplate()
  const [saving, setSaving] = useState(false)
  const [removing, setRemoving] = useState<string | null>(null)
  const none = templates.length === 0
  return (
    <div className="flex flex-wrap gap-2">
      {none ? (
        <Button off={t('settings.no_templates')} icon={<FolderOpen aria-hidden className="size-4" />}>
          {t('settings.load')}
        </Button>
      ) : (
        <>
          <Menu
            items={templates.map(one => ({
              label: one.name,
              onSelect: () => onLoad(one.settings as unknown as Settings, one.name),
            }))}
          >
            <Button icon={<FolderOpen aria-hidden className="size-4" />}>{t('settings.load')}</Button>
          </Menu>
          <Menu
            items={templates.map(one => ({ label: one.name, danger: true, onSelect: () => setRemoving(one.name) }))}
          >
            <Button icon={<Trash2 aria-hidden className="size-4" />}>{t('settings.remove')}</Button>
          </Menu>
        </>
      )}
      <Button icon={<Save aria-hidden className="size-4" />} onClick={() => setSaving(true)}>
        {t('settings.save_as')}
      </Button>
      {saving && (
        <SaveTemplate settings={settings} taken={templates.map(one => one.name)} onClose={() => setSaving(false)} />
      )}
      <Confirm
        open={removing !== null}
        title={t('settings.remove_title', { name: removing ?? '' })}
        about={t('settings.remove_about')}
        action={t('common:delete')}
        onConfirm={() =>
          removing && remove.mutate(removing, { onSuccess: () => toast(t('settings.removed', { name: removing })) })
        }
        onClose={() => setRemoving(null)}
      />
    </div>
  )
}

interface SaveTemplateProps {
  settings: Settings
  taken: readonly string[]
  onClose: () => void
}

function SaveTemplate({ settings, taken, onClose }: SaveTemplateProps) {
  const { t } = useTranslation('datasets')
  const form = useId()
  const [name, setName] = useState('')
  const { mutate, error, isPending } = useSaveTemplate()
  const wanted = name.trim()
  const wrong = /[/\\]/.test(wanted) ? t('settings.name_wrong') : error ? wordsFor(error) : undefined
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!wanted || wrong || isPending) return
    mutate(
      { name: wanted, settings },
      {
        onSuccess: () => {
          toast(t('settings.saved_as', { name: wanted }))
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('settings.save_as')}
      about={t('settings.save_as_about')}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button look="primary" type="submit" form={form} busy={isPending} off={wanted ? null : t('name_wanted')}>
            {t('common:save')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={send}>
        <Field
          label={t('name')}
          help={taken.includes(wanted) ? t('settings.name_taken') : undefined}
          wrong={wrong}
          maxLength={100}
          value={name}
          onChange={event => setName(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
