import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '@/components/ui/Field'
import { Segmented } from '@/components/ui/Segmented'
import { Select } from '@/components/ui/Select'
import { Slider } from '@/components/ui/Slider'
import { Switch } from '@/components/ui/Switch'
import { TextArea } from '@/components/ui/TextArea'
import { parameterHelp, parameterTitle, valueTitle } from '@/lib/i18n/service'
import { type Parameter, stepOf } from '@/lib/parameters'
import { SeedControl } from './SeedControl'
import { WorkflowControl } from './WorkflowControl'

interface ParameterControlProps {
  operation: string
  parameter: Parameter
  /** What is set; undefined = as is usual. */
  value: unknown
  /** With the words of the operation below it. */
  explained?: boolean
  onChange: (value: unknown) => void
}

const SIDE_BY_SIDE = 3
/** A slider that has more places than that cannot be set by hand. */
const MOST_PLACES = 10_000
/** A text that may be so long has lines. */
const LONG = 1000

/** The control of one parameter, made from its JSON Schema. */
export function ParameterControl({ operation, parameter, value, explained = false, onChange }: ParameterControlProps) {
  const { t } = useTranslation('studio')
  const title = parameterTitle(operation, parameter.name, parameter.title)
  const help = explained ? parameterHelp(operation, parameter.name, parameter.help) : undefined
  const now = value === undefined ? parameter.usual : value

  switch (parameter.kind) {
    case 'flag':
      return <Switch label={title} help={help} checked={now === true} onChange={onChange} />
    case 'choice': {
      const choices = parameter.values.map(one => ({ value: one, label: valueTitle(operation, parameter.name, one) }))
      if (choices.length > SIDE_BY_SIDE) {
        return <Select label={title} help={help} value={String(now)} choices={choices} onChange={onChange} />
      }
      return (
        <div>
          <p aria-hidden className="mb-2 text-fact font-semibold text-ink-2">
            {title}
          </p>
          <Segmented label={title} value={String(now)} choices={choices} onChange={onChange} />
          {help && <p className="mt-1 text-fact text-ink-3">{help}</p>}
        </div>
      )
    }
    case 'number':
      if (parameter.name === 'seed') {
        return <SeedControl title={title} help={help} parameter={parameter} value={Number(now)} onChange={onChange} />
      }
      if (
        parameter.optional ||
        parameter.least === null ||
        parameter.most === null ||
        (parameter.most - parameter.least) / stepOf(parameter) > MOST_PLACES
      ) {
        return (
          <Field
            type="number"
            label={title}
            help={help}
            placeholder={t('auto')}
            value={now === null ? '' : String(now)}
            min={parameter.least ?? undefined}
            max={parameter.most ?? undefined}
            step={parameter.whole ? 1 : 'any'}
            onChange={event => {
              const typed = event.target.value
              if (typed === '') onChange(parameter.optional ? null : parameter.usual)
              else if (Number.isFinite(Number(typed))) onChange(Number(typed))
            }}
          />
        )
      }
      return (
        <Slider
          label={title}
          help={help}
          value={Number(now)}
          min={parameter.least}
          max={parameter.most}
          step={stepOf(parameter)}
          show={shown => (parameter.whole ? String(shown) : shown.toFixed(2))}
          onChange={shown => onChange(Number(shown.toFixed(4)))}
        />
      )
    case 'text':
      if (operation === 'comfyui' && parameter.name === 'workflow') {
        return <WorkflowControl title={title} help={help} value={String(now)} onChange={onChange} />
      }
      return <TextControl title={title} help={help} parameter={parameter} value={now} onChange={onChange} />
    case 'other':
      return <JsonControl title={title} help={help} value={now} onChange={onChange} />
  }
}

interface TextControlProps {
  title: string
  help: string | undefined
  parameter: Extract<Parameter, { kind: 'text' }>
  value: unknown
  onChange: (value: unknown) => void
}

function TextControl({ title, help, parameter, value, onChange }: TextControlProps) {
  const { t } = useTranslation('studio')
  if (!parameter.optional && (parameter.longest ?? 0) >= LONG) {
    return (
      <TextArea
        label={title}
        help={help}
        maxLength={parameter.longest ?? undefined}
        value={String(value ?? '')}
        onChange={event => onChange(event.target.value)}
      />
    )
  }
  return (
    <>
      <Field
        label={title}
        help={help}
        placeholder={parameter.optional ? t('auto') : ''}
        maxLength={parameter.longest ?? undefined}
        list={parameter.examples.length > 0 ? `examples-${parameter.name}` : undefined}
        value={value === null || value === undefined ? '' : String(value)}
        onChange={event => onChange(event.target.value === '' && parameter.optional ? null : event.target.value)}
      />
      {parameter.examples.length > 0 && (
        <datalist id={`examples-${parameter.name}`}>
          {parameter.examples.map(one => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  )
}

interface JsonControlProps {
  title: string
  help: string | undefined
  value: unknown
  onChange: (value: unknown) => void
}

/** Lists and mappings, as JSON: for what has no better form. */
function JsonControl({ title, help, value, onChange }: JsonControlProps) {
  const { t } = useTranslation('studio')
  const [typed, setTyped] = useState<string | null>(null)
  const [wrong, setWrong] = useState(false)
  return (
    <Field
      label={title}
      help={help ? `${help} ${t('json')}.` : t('json')}
      wrong={wrong ? t('json_wrong') : undefined}
      value={typed ?? JSON.stringify(value)}
      onChange={event => {
        setTyped(event.target.value)
        try {
          onChange(JSON.parse(event.target.value))
          setWrong(false)
        } catch {
          setWrong(true)
        }
      }}
      onBlur={() => !wrong && setTyped(null)}
    />
  )
}
