import { useTranslation } from 'react-i18next'
import { Field } from '@/components/ui/Field'
import { Segmented } from '@/components/ui/Segmented'
import { Skeleton } from '@/components/ui/Skeleton'
import { useOperations } from '@/lib/data/offers'
import type { Draft } from '@/lib/draft'
import { parameterTitle } from '@/lib/i18n/service'
import type { Parameter } from '@/lib/parameters'
import { ParameterControl } from './ParameterControl'
import { StyleControl } from './StyleControl'
import { mainParameters, withParameter } from './steps'

interface MainControlsProps {
  draft: Draft
  onChange: (draft: Draft) => void
}

/** The few settings that matter for what was chosen. */
export function MainControls({ draft, onChange }: MainControlsProps) {
  const { data: operations } = useOperations()
  if (!operations) return <Skeleton className="h-32" />
  return (
    <>
      {mainParameters(draft, operations).map(({ index, operation, parameter }) => {
        const set = (value: unknown) => onChange(withParameter(draft, index, parameter, value))
        const step = draft.steps[index]
        const value = step?.[parameter.name]
        const key = `${index}${operation}${parameter.name}`
        if (step && operation === 'stylize') {
          return <StyleControl key={key} step={step} parameter={parameter} onChange={set} />
        }
        return parameter.name === 'scale' ? (
          <Scale key={key} operation={operation} parameter={parameter} value={value} onChange={set} />
        ) : (
          <ParameterControl key={key} operation={operation} parameter={parameter} value={value} onChange={set} />
        )
      })}
    </>
  )
}

interface ScaleProps {
  operation: string
  parameter: Parameter
  value: unknown
  onChange: (value: unknown) => void
}

const SCALES = [1, 2, 4, 8]

/** How many times as large: the usual ones at hand, any other by typing. */
function Scale({ operation, parameter, value, onChange }: ScaleProps) {
  const { t } = useTranslation('studio')
  const now = Number(value ?? parameter.usual)
  const [least, most] = parameter.kind === 'number' ? [parameter.least ?? 1, parameter.most ?? 8] : [1, 8]
  const offered = SCALES.filter(one => one > 1 && one >= least && one <= most)
  const usual = offered.includes(now)
  const title = parameterTitle(operation, parameter.name, parameter.title)
  return (
    <div>
      <p aria-hidden className="mb-2 text-fact font-semibold text-ink-2">
        {title}
      </p>
      <Segmented
        label={title}
        value={usual ? String(now) : 'custom'}
        choices={[
          ...offered.map(one => ({ value: String(one), label: `${one}×` })),
          { value: 'custom', label: t('custom') },
        ]}
        onChange={chosen => onChange(chosen === 'custom' ? Math.min(3, most) : Number(chosen))}
      />
      {!usual && (
        <Field
          bare
          className="mt-2"
          type="number"
          label={t('custom_scale')}
          min={least}
          max={most}
          step={0.1}
          value={String(now)}
          onChange={event => {
            const typed = Number(event.target.value)
            if (typed >= least && typed <= most) onChange(typed)
          }}
        />
      )}
    </div>
  )
}
