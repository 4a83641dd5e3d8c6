import { useQuery } from '@tanstack/react-query'
import { SearchX } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Button } from '@/components/ui/Button'
import { Empty } from '@/components/ui/Empty'
import { Field } from '@/components/ui/Field'
import { Segmented } from '@/components/ui/Segmented'
import { Skeleton } from '@/components/ui/Skeleton'
import { Tag } from '@/components/ui/Tag'
import { Trouble } from '@/components/ui/Trouble'
import { usePresetsByModel } from '@/features/models/api/planPresets'
import { ModelRow } from '@/features/models/components/ModelRow'
import { Room } from '@/features/models/components/Room'
import { type Group, grouped, SHOWN, type Shown, stateOf } from '@/features/models/groups'
import { modelsOptions, type Preset } from '@/lib/data/offers'

const AGAIN_MS = 10_000

/** Which models there are, what they are for, and getting those that are not here. */
export function ModelsPage() {
  const { t } = useTranslation('models')
  const [text, setText] = useState('')
  const [shown, setShown] = useState<Shown>('all')
  // What is in memory changes by itself.
  const { data: models, error, refetch } = useQuery({ ...modelsOptions, refetchInterval: AGAIN_MS })
  const uses = usePresetsByModel()
  const here = models?.filter(model => stateOf(model) === 'here').length ?? 0
  const groups = grouped(models ?? [], text, shown)
  return (
    <Page title={t('title')} chips={models && <Tag>{t('here_of', { here, all: models.length })}</Tag>}>
      {!models && error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="mx-auto flex max-w-5xl flex-col gap-6">
          <Room models={models ?? []} />
          <div className="flex flex-wrap items-center gap-3">
            <Field
              bare
              type="search"
              label={t('search')}
              placeholder={t('search')}
              value={text}
              onChange={event => setText(event.target.value)}
              className="min-w-48 flex-1"
            />
            <Segmented
              label={t('show')}
              value={shown}
              onChange={setShown}
              choices={SHOWN.map(value => ({ value, label: t(`shown.${value}`) }))}
            />
          </div>
          {!models && <Placeholders />}
          {groups.map(group => (
            <Section key={group.name} group={group} uses={uses} />
          ))}
          {models && groups.length === 0 && (
            <Empty
              icon={<SearchX />}
              title={t('none_found')}
              hint={t('none_found_hint')}
              action={
                <Button
                  onClick={() => {
                    setText('')
                    setShown('all')
                  }}
                >
                  {t('clear')}
                </Button>
              }
            />
          )}
        </div>
      )}
    </Page>
  )
}

function Section({ group, uses }: { group: Group; uses: ReadonlyMap<string, Preset[]> }) {
  const { t } = useTranslation('models')
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="font-semibold">
        {t(`groups.${group.name}`)}
      </h2>
      <p className="mb-2 text-fact text-ink-3">{t(`about.${group.name}`)}</p>
      <ul className="divide-y divide-line-soft rounded-md border border-line-soft bg-surface">
        {group.models.map(model => (
          <ModelRow key={model.id} model={model} presets={uses.get(model.id) ?? []} />
        ))}
      </ul>
    </section>
  )
}

function Placeholders() {
  return (
    <>
      {[3, 2, 4].map(rows => (
        <div key={rows} className="flex flex-col gap-2">
          <Skeleton className="h-5 w-40" />
          <Skeleton className={rows === 3 ? 'h-56' : rows === 2 ? 'h-36' : 'h-72'} />
        </div>
      ))}
    </>
  )
}
