import { Search, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Field } from '@/components/ui/Field'
import { Segmented } from '@/components/ui/Segmented'
import { Select } from '@/components/ui/Select'
import { Switch } from '@/components/ui/Switch'
import type { DatasetSearch } from '@/lib/datasetSearch'
import { number } from '@/lib/format'
import { useSettled } from '@/lib/useSettled'
import type { Dataset } from '../api/datasets'

interface FilterBarProps {
  dataset: Dataset
  search: DatasetSearch
  /** What changes of the search; undefined takes a filter away. */
  onFilter: (changed: { [N in keyof DatasetSearch]?: DatasetSearch[N] | undefined }) => void
}

const TYPING_MS = 350

/** Which photos are shown; it stands in the address. */
export function FilterBar({ dataset, search, onFilter }: FilterBarProps) {
  const { t } = useTranslation('datasets')
  const [typed, setTyped] = useState(search.text ?? '')
  const settled = useSettled(typed, TYPING_MS)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed leads to a search
  useEffect(() => {
    if (settled !== (search.text ?? '')) onFilter({ text: settled || undefined })
  }, [settled])
  const reasons = Object.entries(dataset.reasons).sort((one, other) => other[1] - one[1])
  const filtered = search.reason ?? search.person ?? search.flagged ?? search.text ?? search.show
  const clear = () => {
    setTyped('')
    onFilter({ show: undefined, reason: undefined, person: undefined, flagged: undefined, text: undefined })
  }
  return (
    <div className="flex flex-wrap items-end gap-x-3 gap-y-2">
      <div className="w-64 max-sm:w-full">
        <Segmented
          label={t('show')}
          value={search.show ?? 'all'}
          choices={(['all', 'kept', 'dropped'] as const).map(value => ({ value, label: t(`shows.${value}`) }))}
          onChange={value => onFilter({ show: value === 'all' ? undefined : value })}
        />
      </div>
      <div className="w-44 max-sm:flex-1">
        <Select
          bare
          label={t('why')}
          value={search.reason ?? ''}
          choices={[
            { value: '', label: t('why_any') },
            ...reasons.map(([value, count]) => ({ value, label: `${t(`reason.${value}`)} (${number(count)})` })),
          ]}
          onChange={value => onFilter({ reason: value || undefined })}
        />
      </div>
      {dataset.people.length > 1 && (
        <div className="w-40 max-sm:flex-1">
          <Select
            bare
            label={t('who')}
            value={search.person === undefined ? '' : String(search.person)}
            choices={[
              { value: '', label: t('who_any') },
              ...dataset.people.map((count, index) => ({
                value: String(index),
                label: `${t('person', { number: index + 1 })} (${number(count)})`,
              })),
            ]}
            onChange={value => onFilter({ person: value === '' ? undefined : Number(value) })}
          />
        </div>
      )}
      <div className="relative w-52 max-sm:w-full">
        <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 z-1 size-4 text-ink-3" />
        <Field
          bare
          type="search"
          label={t('find')}
          placeholder={t('find')}
          maxLength={200}
          value={typed}
          className="[&_input]:pl-8"
          onChange={event => setTyped(event.target.value)}
        />
      </div>
      <Switch
        label={t('flagged_only')}
        checked={search.flagged ?? false}
        onChange={on => onFilter({ flagged: on || undefined })}
      />
      {filtered !== undefined && (
        <Button small look="ghost" icon={<X aria-hidden className="size-4" />} onClick={clear}>
          {t('show_all')}
        </Button>
      )}
    </div>
  )
}
