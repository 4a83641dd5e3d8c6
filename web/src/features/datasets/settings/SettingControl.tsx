import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '@/components/ui/Field'
import { Segmented } from '@/components/ui/Segmented'
import { Select } from '@/components/ui/Select'
import { Slider } from '@/components/ui/Slider'
import { Switch } from '@/components/ui/Switch'
import { TextArea } from '@/components/ui/TextArea'
import { stepOf } from '@/lib/parameters'
import type { Setting } from './groups'
import { settingHelp, settingTitle, valueTitle } from './words'

interface SettingControlProps {
  group: string
  setting: Setting
  value: unknown
  onChange: (value: unknown) => void
}

const SIDE_BY_SIDE = 3
/** A slider that has more places than that cannot be set by hand. */
const MOST_PLACES = 200
/** A text that may be so long has lines. */
const LONG = 1000
const FINE = 0.01

/** The control of one setting, made from its JSON Schema. */
export function SettingControl({ group, setting, value, onChange }: SettingControlProps) {
  const { t } = useTranslation('datasets')
  const title = settingTitle(group, setting)
  const help = settingHelp(group, setting)
  const label = (one: string) => valueTitle(group, setting.name, one)
  if (setting.items !== undefined)
    return setting.items === null ? (
      <Words title={title} help={help} value={value as string[]} onChange={onChange} />
    ) : (
      <Several
        title={title}
        help={help}
        items={setting.items}
        label={label}
        value={value as string[]}
        onChange={onChange}
      />
    )
  switch (setting.kind) {
    case 'flag':
      return <Switch label={title} help={help} checked={value === true} onChange={onChange} />
    case 'choice': {
      const choices = setting.values.map(one => ({ value: one, label: label(one) }))
      if (choices.length > SIDE_BY_SIDE)
        return <Select label={title} help={help} value={String(value)} choices={choices} onChange={onChange} />
      return (
        <div>
          <p aria-hidden className="mb-1 text-[13px]">
            {title}
          </p>
          <Segmented label={title} value={String(value)} choices={choices} onChange={onChange} />
          {help && <p className="mt-1 text-fact text-ink-3">{help}</p>}
        </div>
      )
    }
    case 'number': {
      const { least, most, whole } = setting
      const step = whole ? 1 : Math.min(FINE, stepOf(setting))
      if (least === null || most === null || (most - least) / step > MOST_PLACES)
        return <NumberControl title={title} help={help} setting={setting} value={Number(value)} onChange={onChange} />
      return (
        <Slider
          label={title}
          help={help}
          value={Number(value)}
          min={least}
          max={most}
          step={step}
          show={shown => (whole ? String(shown) : shown.toFixed(2))}
          onChange={shown => onChange(Number(shown.toFixed(4)))}
        />
      )
    }
    case 'text':
      if ((setting.longest ?? 0) >= LONG)
        return (
          <TextArea
            label={title}
            help={help}
            maxLength={setting.longest ?? undefined}
            value={String(value ?? '')}
            onChange={event => onChange(event.target.value)}
          />
        )
      return (
        <Field
          label={title}
          help={help}
          maxLength={setting.longest ?? undefined}
          value={String(value ?? '')}
          onChange={event => onChange(event.target.value)}
        />
      )
    default:
      return <p className="text-fact text-ink-3">{t('settings.other', { name: title })}</p>
  }
}

interface NumberControlProps {
  title: string
  help: string
  setting: Extract<Setting, { kind: 'number' }>
  value: number
  onChange: (value: number) => void
}

/** What is being typed may be no number yet; what cannot be set says so and is not taken. */
function NumberControl({ title, help, setting: { least, most, whole }, value, onChange }: NumberControlProps) {
  const { t } = useTranslation('datasets')
  const [typed, setTyped] = useState<string | null>(null)
  const parsed = typed === null ? value : Number(typed)
  const fits =
    typed === null ||
    (typed.trim() !== '' &&
      Number.isFinite(parsed) &&
      (!whole || Number.isInteger(parsed)) &&
      (least === null || parsed >= least) &&
      (most === null || parsed <= most))
  return (
    <Field
      type="number"
      label={title}
      help={help}
      wrong={fits ? undefined : t('settings.number_wrong', { least: least ?? '–', most: most ?? '–' })}
      value={typed ?? String(value)}
      min={least ?? undefined}
      max={most ?? undefined}
      step={whole ? 1 : 'any'}
      onChange={event => {
        const next = event.target.value
        setTyped(next)
        const number = Number(next)
        const taken =
          next.trim() !== '' &&
          Number.isFinite(number) &&
          (!whole || Number.isInteger(number)) &&
          (least === null || number >= least) &&
          (most === null || number <= most)
        if (taken) onChange(number)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}

interface WordsProps {
  title: string
  help: string
  value: readonly string[]
  onChange: (value: string[]) => void
}

function Words({ title, help, value, onChange }: WordsProps) {
  const { t } = useTranslation('datasets')
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <Field
      label={title}
      help={`${help} ${t('settings.commas')}`}
      value={typed ?? value.join(', ')}
      onChange={event => {
        setTyped(event.target.value)
        onChange(
          event.target.value
            .split(/[,，、]/)
            .map(one => one.trim())
            .filter(Boolean),
        )
      }}
      onBlur={() => setTyped(null)}
    />
  )
}

interface SeveralProps extends WordsProps {
  items: readonly string[]
  label: (item: string) => string
}

/** Some of a few; the last one stays. */
function Several({ title, help, items, label, value, onChange }: SeveralProps) {
  return (
    <fieldset>
      <legend className="mb-1 text-[13px]">{title}</legend>
      <div className="flex flex-wrap gap-2">
        {items.map(one => {
          const on = value.includes(one)
          return (
            <label
              key={one}
              className={`flex h-9 items-center gap-2 rounded-sm border px-3 text-[13px] ${on ? 'border-ink-3 bg-raised' : 'border-line text-ink-2'}`}
            >
              <input
                type="checkbox"
                checked={on}
                disabled={on && value.length === 1}
                onChange={() => onChange(items.filter(item => (item === one ? !on : value.includes(item))))}
                className="accent-light"
              />
              {label(one)}
            </label>
          )
        })}
      </div>
      {help && <p className="mt-1 text-fact text-ink-3">{help}</p>}
    </fieldset>
  )
}
