import { useTranslation } from 'react-i18next'
import { Tag } from '@/components/ui/Tag'
import { Getting } from '@/features/models/components/Getting'
import { stateOf } from '@/features/models/groups'
import { hasName, usageOf } from '@/features/models/licences'
import type { Model, Preset } from '@/lib/data/offers'
import { bytes } from '@/lib/format'
import { presetTitle } from '@/lib/i18n/service'

interface ModelRowProps {
  model: Model
  /** Presets that would run it now. */
  presets: readonly Preset[]
}

/** A model: what it is called, what it may be used for, where it is. */
export function ModelRow({ model, presets }: ModelRowProps) {
  const { t } = useTranslation('models')
  const here = stateOf(model) === 'here'
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1.5 px-4 py-3 md:grid-cols-[minmax(0,1fr)_88px_232px]">
      <div className="min-w-0">
        <h3 className="flex flex-wrap items-baseline gap-x-2 font-[550]">
          <span className={here ? '' : 'text-ink-2'}>{model.title}</span>{' '}
          {model.scale !== null && <span className="text-fact text-ink-3">{t('times', { scale: model.scale })}</span>}
          {model.own && <Tag>{t('own')}</Tag>}
          {!model.verified && <Tag>{t('unverified')}</Tag>}
        </h3>
        <p className="text-fact text-ink-3">
          <Licence licence={model.licence} />
          {presets.length > 0 && (
            <>
              <Dot />
              {t('used_by', { presets: presets.map(presetTitle).join(', ') })}
            </>
          )}
          {model.memory !== null && model.memory > 0 && (
            <>
              <Dot />
              {t('in_memory', { size: bytes(model.memory) })}
            </>
          )}
        </p>
      </div>
      <p className="text-right text-fact text-ink-3 tabular-nums">
        {model.bytes === null ? <span className="sr-only">{t('size_unknown')}</span> : bytes(model.bytes)}
      </p>
      <Getting model={model} />
    </li>
  )
}

function Licence({ licence }: { licence: string }) {
  const { t } = useTranslation('models')
  const use = usageOf(licence)
  const words = t(`licence.${use}`)
  if (use === 'own') return words
  return (
    <>
      {hasName(licence) ? licence : t('licence_unnamed')}
      {': '}
      <span className={use === 'not_commercial' ? 'font-[550] text-amber' : undefined}>{words}</span>
    </>
  )
}

function Dot() {
  return <span aria-hidden> · </span>
}
