import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Tag } from '@/components/ui/Tag'
import { usePullModel } from '@/features/models/api/pullModel'
import { How } from '@/features/models/components/How'
import { Pulling } from '@/features/models/components/Pulling'
import { stateOf } from '@/features/models/groups'
import { usePull } from '@/features/models/pulls'
import { wordsFor } from '@/lib/api/errors'
import type { Model } from '@/lib/data/offers'
import { useMay } from '@/lib/data/useSession'

/** Whether a model is here; if it is not, the way to it. */
export function Getting({ model }: { model: Model }) {
  const { t } = useTranslation('models')
  const pulling = usePull(model.id)
  const pull = usePullModel(model.id)
  const [asking, setAsking] = useState(false)
  const may = useMay('operate')
  const state = stateOf(model)
  if (pulling !== null && state !== 'here')
    return <Pulling model={model} task={pulling} onRetry={() => pull.mutate()} className="max-md:col-span-2" />
  return (
    <div className="flex items-center justify-end gap-2 max-md:col-span-2 max-md:justify-between">
      {state === 'here' ? (
        <Tag tone={model.warm ? 'light' : 'good'}>{t(model.warm ? 'state.warm' : 'state.here')}</Tag>
      ) : (
        <span className={`text-fact ${pull.error ? 'text-bad' : 'text-ink-3'}`} role={pull.error ? 'alert' : undefined}>
          {pull.error ? wordsFor(pull.error) : t(`state.${state}`)}
        </span>
      )}
      {state === 'fetchable' && (
        <Button
          small
          icon={<Download aria-hidden className="size-4" />}
          aria-label={t('get_of', { title: model.title })}
          busy={pull.isPending}
          off={!may && t('common:not_allowed.operate')}
          onClick={() => pull.mutate()}
        >
          {t('get')}
        </Button>
      )}
      {state !== 'here' && state !== 'fetchable' && (
        <>
          <Button
            small
            look="ghost"
            aria-label={t('how_label', { title: model.title })}
            onClick={() => setAsking(true)}
          >
            {t('how')}
          </Button>
          <How model={model} state={state} open={asking} onClose={() => setAsking(false)} />
        </>
      )}
    </div>
  )
}
