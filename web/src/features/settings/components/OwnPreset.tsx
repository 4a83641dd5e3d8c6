import { useNavigate } from '@tanstack/react-router'
import { Download, Ellipsis, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { IconButton } from '@/components/ui/IconButton'
import { Menu } from '@/components/ui/Menu'
import { useDeletePreset } from '@/features/settings/api/deletePreset'
import { Rename } from '@/features/settings/components/Rename'
import { savePresetFile } from '@/features/settings/presetFiles'
import { type Preset, useOperations } from '@/lib/data/offers'
import { draftOf, setDraft } from '@/lib/draft'
import { operationTitle, presetTitle } from '@/lib/i18n/service'
import { toast } from '@/lib/toasts'

interface OwnPresetProps {
  preset: Preset
  /** Names that there are. */
  taken: readonly string[]
}

const ICON = 'size-4 text-ink-3'

export function OwnPreset({ preset, taken }: OwnPresetProps) {
  const { t } = useTranslation('settings')
  const navigate = useNavigate()
  const remove = useDeletePreset()
  const [asked, setAsked] = useState<'rename' | 'delete' | null>(null)
  const name = presetTitle(preset)
  const operations = useOperations().data
  const operation = (id: string) => operationTitle({ id, title: operations?.find(one => one.id === id)?.title ?? id })
  const { steps } = draftOf(preset.recipe)
  const done = steps.map(step => operation(step.operation)).join(' → ')
  return (
    <li className="flex items-center gap-3 py-2 pr-2 pl-3">
      <div className="min-w-0 flex-1">
        <p className="truncate text-[13px] font-[550]">{name}</p>
        <p className="truncate text-fact text-ink-3">
          {preset.summary || done || t('presets.steps', { count: steps.length })}
        </p>
      </div>
      <Button
        small
        onClick={() => {
          setDraft(draftOf(preset.recipe))
          void navigate({ to: '/' })
        }}
      >
        {t('presets.open')}
      </Button>
      <Menu
        items={[
          {
            label: t('presets.rename'),
            icon: <Pencil aria-hidden className={ICON} />,
            onSelect: () => setAsked('rename'),
          },
          {
            label: t('presets.export'),
            icon: <Download aria-hidden className={ICON} />,
            onSelect: () => savePresetFile(preset),
          },
          {
            label: t('common:delete'),
            icon: <Trash2 aria-hidden className="size-4" />,
            danger: true,
            onSelect: () => setAsked('delete'),
          },
        ]}
      >
        <IconButton small label={t('presets.more', { name })} icon={<Ellipsis className="size-4" />} />
      </Menu>
      {asked === 'rename' && <Rename preset={preset} taken={taken} onClose={() => setAsked(null)} />}
      <Confirm
        open={asked === 'delete'}
        title={t('presets.delete_title', { name })}
        about={t('presets.delete_about')}
        action={t('common:delete')}
        onConfirm={() => remove.mutate(preset.name, { onSuccess: () => toast(t('presets.deleted', { name })) })}
        onClose={() => setAsked(null)}
      />
    </li>
  )
}
