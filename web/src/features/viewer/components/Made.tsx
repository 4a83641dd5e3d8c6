import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Fact, FactGroup, Facts } from '@/components/ui/Facts'
import { IconButton } from '@/components/ui/IconButton'
import { useModels, useOperations, usePresets } from '@/lib/data/offers'
import type { Task } from '@/lib/data/useTask'
import { seconds, time } from '@/lib/format'
import { presetTitle } from '@/lib/i18n/service'
import { paintedOf, paintedWords } from '@/lib/made/painted'
import { type Execution, resultOf } from '@/lib/made/result'
import { askedOf, type Setting, stepsOf } from '@/lib/made/settings'

/** What a result was made with: the words that differ from what is usual, and more on demand. */
export function Made({ task }: { task: Task }) {
  const { t } = useTranslation('viewer')
  const operations = useOperations().data ?? []
  const presets = usePresets().data ?? []
  const models = useModels().data ?? []
  const recipe = askedOf(task).recipe
  const preset = presets.find(one => one.name === recipe?.name)
  const steps = stepsOf(task, operations)
  const result = resultOf(task)
  const painted = paintedOf(task)
  const used = (result?.models ?? []).map(id => models.find(one => one.id === id)?.title ?? id)
  return (
    <FactGroup title={t('made_with')}>
      <Facts>
        {(preset || recipe?.title || recipe?.name) && (
          <Fact name={t('preset')}>{preset ? presetTitle(preset) : recipe?.title || recipe?.name}</Fact>
        )}
        {used.length > 0 && <Fact name={t('model', { count: used.length })}>{used.join(' + ')}</Fact>}
        {painted && <Fact name={t('common:painted.by')}>{paintedWords(painted)}</Fact>}
        {steps.map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an operation may come twice, and the order is the recipe
          <Step key={at} title={step.title} settings={step.settings.filter(isTold)} />
        ))}
        {task.seconds !== null && <Fact name={t('took')}>{task.cached ? t('cached') : seconds(task.seconds)}</Fact>}
        {task.completed_at && (
          <Fact name={t(task.status === 'completed' ? 'when' : 'ended')}>{time(task.completed_at)}</Fact>
        )}
        {task.signature && (
          <Fact name={t('signature')}>
            <Signature value={task.signature} />
          </Fact>
        )}
      </Facts>
      {result && result.executions.length > 0 && <Executions all={result.executions} />}
    </FactGroup>
  )
}

/** What is as usual goes without saying; which back end was chosen is told by what painted. */
const isTold = (one: Setting): boolean => !one.usual && one.name !== 'backend'

function Step({ title, settings }: { title: string; settings: Setting[] }) {
  const { t } = useTranslation('viewer')
  return (
    <>
      <Fact name={title}>{settings.length === 0 && <span className="text-ink-3">{t('as_usual')}</span>}</Fact>
      {settings.map(one => (
        <Fact key={one.name} name={one.title} within>
          {one.value}
        </Fact>
      ))}
    </>
  )
}

function Signature({ value }: { value: string }) {
  const { t } = useTranslation('viewer')
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      setCopied(true)
      setTimeout(() => setCopied(false), 2000)
    } catch {
      // Only pages that came over HTTPS may copy; the whole text is in the report.
    }
  }
  return (
    <span className="inline-flex items-center gap-1">
      <span title={value}>{`${value.slice(0, 4)}…${value.slice(-4)}`}</span>
      <IconButton
        small
        label={copied ? t('common:copied') : t('copy_signature')}
        className="-my-2 h-7! w-7!"
        onClick={copy}
        icon={copied ? <Check className="size-3.5 text-good" /> : <Copy className="size-3.5" />}
      />
    </span>
  )
}

function Executions({ all }: { all: readonly Execution[] }) {
  const { t } = useTranslation('viewer')
  const operations = useOperations().data ?? []
  return (
    <details className="group mt-2 text-fact">
      <summary className="inline-block rounded-sm py-1 text-ink-3 hover:text-ink">
        {t('common:more')}: {t('execution')}
      </summary>
      <div className="mt-1 flex flex-col gap-3 border-l-2 border-line-soft pl-3">
        {all.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other name than their place
          <Facts key={at}>
            <Fact name={operations.find(known => known.id === one.operation)?.title ?? one.operation}>{one.model}</Fact>
            <Fact name={t('device')}>{one.server ? t('common:painted.comfyui') : one.device}</Fact>
            {one.server && <Fact name={t('server')}>{one.server}</Fact>}
            {one.precision && <Fact name={t('precision')}>{one.precision}</Fact>}
            {one.tile && <Fact name={t('tiles')}>{t('tiles_of', { count: one.tiles, tile: one.tile })}</Fact>}
            {one.halved > 0 && <Fact name={t('halved')}>{one.halved}</Fact>}
            {one.redone > 0 && <Fact name={t('redone')}>{one.redone}</Fact>}
          </Facts>
        ))}
      </div>
    </details>
  )
}
