import { useTranslation } from 'react-i18next'
import { Segmented } from '@/components/ui/Segmented'
import { TextArea } from '@/components/ui/TextArea'
import type { Step } from '@/lib/draft'
import { parameterTitle } from '@/lib/i18n/service'
import type { Parameter } from '@/lib/parameters'
import { ParameterControl } from './ParameterControl'
import { usePainter } from './painter'

interface StyleControlProps {
  step: Step
  parameter: Parameter
  onChange: (value: unknown) => void
}

/** A main setting of a style: shown where what will paint knows it, and told where it does not. */
export function StyleControl({ step, parameter, onChange }: StyleControlProps) {
  const painter = usePainter(step)
  const value = step[parameter.name]
  const there = painter.by === 'comfyui'
  switch (parameter.name) {
    case 'backend':
      return painter.known && (painter.servers || there) ? (
        <PaintedBy step={step} parameter={parameter} onChange={onChange} />
      ) : null
    case 'custom_prompt':
      return painter.prompted || value ? (
        <Prompt unread={!there} parameter={parameter} value={value} onChange={onChange} />
      ) : null
    case 'seed':
      if (!there) return null
      break
    case 'preserve_color':
      if (there && value !== true) return null
  }
  return <ParameterControl operation={step.operation} parameter={parameter} value={value} onChange={onChange} />
}

const BACKENDS = ['auto', 'local', 'comfyui'] as const

/** The choice of what paints, and what that comes to. */
function PaintedBy({ step, parameter, onChange }: StyleControlProps) {
  const { t } = useTranslation('studio')
  const painter = usePainter(step)
  const title = parameterTitle(step.operation, parameter.name, t('painter.title'))
  const refused = painter.refused ? t(`painter.${painter.refused}`) : undefined
  const told =
    painter.by === 'local'
      ? [t('painter.here'), refused].filter(Boolean).join(' ')
      : (refused ?? t(painter.waits ? 'painter.waits' : 'painter.there'))
  return (
    <div>
      <p aria-hidden className="mb-2 text-fact font-semibold text-ink-2">
        {title}
      </p>
      <Segmented
        uneven
        label={title}
        value={String(step.backend ?? 'auto')}
        choices={BACKENDS.map(value => ({
          value,
          label: t(`painter.${value}`),
          off: value === 'comfyui' ? refused : value === 'local' && !painter.here ? t('painter.not_here') : undefined,
        }))}
        onChange={onChange}
      />
      <p role="status" className={`mt-1 text-fact ${painter.waits ? 'text-amber' : 'text-ink-3'}`}>
        {told}
      </p>
    </div>
  )
}

interface PromptProps {
  /** What will paint does not read it. */
  unread: boolean
  parameter: Parameter
  value: unknown
  onChange: (value: unknown) => void
}

function Prompt({ unread, parameter, value, onChange }: PromptProps) {
  const { t } = useTranslation('studio')
  return (
    <TextArea
      label={parameterTitle('stylize', parameter.name, t('prompt.title'))}
      help={t(unread ? 'prompt.unread' : 'prompt.added')}
      placeholder={t('prompt.example')}
      maxLength={parameter.kind === 'text' ? (parameter.longest ?? undefined) : undefined}
      value={typeof value === 'string' ? value : ''}
      onChange={event => onChange(event.target.value)}
    />
  )
}
