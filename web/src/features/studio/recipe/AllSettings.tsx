import { ArrowDown, ArrowUp, Plus, Save, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { IconButton } from '@/components/ui/IconButton'
import { Menu } from '@/components/ui/Menu'
import { useOperations } from '@/lib/data/offers'
import type { Draft } from '@/lib/draft'
import { operationTitle } from '@/lib/i18n/service'
import { ParameterControl } from './ParameterControl'
import { ResultForm } from './ResultForm'
import { SavePreset } from './SavePreset'
import { added, moved, parametersFor, without, withParameter } from './steps'

interface AllSettingsProps {
  draft: Draft
  onChange: (draft: Draft) => void
}

/** Every parameter of every step, the steps themselves, and how the result is written. */
export function AllSettings({ draft, onChange }: AllSettingsProps) {
  const { t } = useTranslation('studio')
  const { data: operations = [] } = useOperations()
  const [saving, setSaving] = useState(false)
  return (
    <>
      {draft.steps.map((step, index) => {
        const operation = operations.find(one => one.id === step.operation)
        const name = operation ? operationTitle(operation) : step.operation
        return (
          <section
            // biome-ignore lint/suspicious/noArrayIndexKey: the same operation may come twice
            key={`${index}${step.operation}`}
            aria-label={name}
            className="flex flex-col gap-3 rounded-md border border-line-soft bg-ground p-3"
          >
            <div className="flex items-center gap-1">
              <h3 className="mr-auto font-semibold">{name}</h3>
              <IconButton
                small
                label={t('step_up', { step: name })}
                icon={<ArrowUp className="size-4" />}
                onClick={() => onChange(moved(draft, index, -1))}
              />
              <IconButton
                small
                label={t('step_down', { step: name })}
                icon={<ArrowDown className="size-4" />}
                onClick={() => onChange(moved(draft, index, 1))}
              />
              <IconButton
                small
                label={t('step_remove', { step: name })}
                off={draft.steps.length === 1 && t('step_last')}
                icon={<Trash2 className="size-4" />}
                onClick={() => onChange(without(draft, index))}
              />
            </div>
            {parametersFor(step.operation, operations).map(parameter => (
              <ParameterControl
                key={parameter.name}
                explained
                operation={step.operation}
                parameter={parameter}
                value={step[parameter.name]}
                onChange={value => onChange(withParameter(draft, index, parameter, value))}
              />
            ))}
          </section>
        )
      })}
      <Menu
        items={operations.map(one => ({
          label: operationTitle(one),
          onSelect: () => onChange(added(draft, one.id)),
        }))}
      >
        <Button icon={<Plus className="size-4" />}>{t('step_add')}</Button>
      </Menu>
      <ResultForm draft={draft} onChange={onChange} />
      <Button icon={<Save className="size-4" />} onClick={() => setSaving(true)}>
        {t('save_preset')}
      </Button>
      <SavePreset draft={draft} open={saving} onClose={() => setSaving(false)} onSaved={onChange} />
    </>
  )
}
