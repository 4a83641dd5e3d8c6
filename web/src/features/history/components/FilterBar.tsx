import clsx from 'clsx'
import { Search, SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Field } from '@/components/ui/Field'
import { Select } from '@/components/ui/Select'
import { useStats } from '@/lib/data/useStats'
import { number } from '@/lib/format'
import type { HistorySearch } from '@/lib/historySearch'
import { useFacets } from '../api/getFacets'
import { type FilterName, filtersOf, setOnes } from '../filters'
import { useNames } from '../names'
import { useTyped } from '../useTyped'
import { Range } from './Range'

interface FilterBarProps {
  search: HistorySearch
  onFilter: <N extends FilterName>(name: N, value: HistorySearch[N] | '' | undefined) => void
}

const STATES = ['completed', 'failed', 'processing', 'pending', 'cancelled'] as const
const RARE = ['strength_min', 'strength_max', 'resolution_min', 'resolution_max'] as const

/** What the history can be searched by. */
export function FilterBar({ search, onFilter }: FilterBarProps) {
  const { t } = useTranslation('history')
  const names = useNames()
  const { data: facets } = useFacets()
  const { data: stats } = useStats()
  // On phones the photos have the room, and not what they are searched by.
  const [unfolded, setUnfolded] = useState(false)
  const [more, setMore] = useState(() => RARE.some(name => search[name] !== undefined))
  // Sums are of everything: beside other filters they would say something else. The chosen one has little room.
  const others = setOnes(filtersOf(search)).some(name => name !== 'status')
  const counted = (state: (typeof STATES)[number]) =>
    stats && !others && state !== search.status
      ? `${t(`common:state.${state}`)} (${number(stats[state])})`
      : t(`common:state.${state}`)
  const any = (name: string) => ({ value: '', label: t(`any.${name}`) })
  const among = (found: readonly string[] | undefined, chosen: string | undefined, title: (id: string) => string) =>
    [...new Set([...(found ?? []), ...(chosen ? [chosen] : [])])].map(value => ({ value, label: title(value) }))
  return (
    <search
      aria-label={t('filters')}
      className={clsx(
        'grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:items-center [&>*]:min-w-0 sm:[&>*]:w-33',
        !unfolded && 'max-sm:[&>*:nth-child(n+3)]:hidden',
      )}
    >
      <TextField text={search.text ?? ''} onText={text => onFilter('text', text)} />
      <Button
        aria-expanded={unfolded}
        icon={<SlidersHorizontal aria-hidden className="size-4" />}
        onClick={() => setUnfolded(!unfolded)}
        className="sm:hidden"
      >
        {t('filters_short')}
      </Button>
      <Select
        bare
        label={t('filter.status')}
        value={search.status ?? ''}
        choices={[any('status'), ...STATES.map(value => ({ value, label: counted(value) }))]}
        onChange={value =>
          onFilter(
            'status',
            STATES.find(one => one === value),
          )
        }
      />
      <Select
        bare
        label={t('filter.preset')}
        value={search.preset ?? ''}
        choices={[any('preset'), ...among(facets?.presets, search.preset, names.preset)]}
        onChange={value => onFilter('preset', value)}
      />
      <Select
        bare
        label={t('filter.operation')}
        value={search.operation ?? ''}
        choices={[any('operation'), ...among(facets?.operations, search.operation, names.operation)]}
        onChange={value => onFilter('operation', value)}
      />
      {((facets?.styles.length ?? 0) > 0 || search.style) && (
        <Select
          bare
          label={t('filter.style')}
          value={search.style ?? ''}
          choices={[any('style'), ...among(facets?.styles, search.style, names.style)]}
          onChange={value => onFilter('style', value)}
        />
      )}
      <Select
        bare
        label={t('filter.pinned')}
        value={search.pinned === undefined ? '' : String(search.pinned)}
        choices={[
          any('pinned'),
          { value: 'true', label: t('pinned_only') },
          { value: 'false', label: t('unpinned_only') },
        ]}
        onChange={value => onFilter('pinned', value === '' ? undefined : value === 'true')}
      />
      <Day name="since" search={search} onFilter={onFilter} />
      <Day name="until" search={search} onFilter={onFilter} />
      <Button aria-expanded={more} onClick={() => setMore(!more)} className="sm:w-auto!">
        {t('more_filters')}
      </Button>
      {/* They stay where they are when they are folded away: what was typed a moment ago still counts. */}
      <Range of="strength" search={search} onFilter={onFilter} hidden={!more} className="max-sm:col-span-2 sm:w-52!" />
      <Range
        of="resolution"
        search={search}
        onFilter={onFilter}
        hidden={!more}
        className="max-sm:col-span-2 sm:w-64!"
      />
    </search>
  )
}

function Day({ name, search, onFilter }: FilterBarProps & { name: 'since' | 'until' }) {
  const { t } = useTranslation('history')
  return (
    <label className="flex h-9 items-center gap-2 rounded-sm border border-line bg-raised pr-2 pl-3 text-[13px] text-ink-3 hover:border-ink-3 sm:w-40!">
      <span className="shrink-0">{t(`filter.${name}`)}</span>
      <input
        type="date"
        value={search[name] ?? ''}
        min={name === 'until' ? search.since : undefined}
        max={name === 'since' ? search.until : undefined}
        onChange={event => onFilter(name, event.target.value)}
        className="w-full min-w-0 bg-transparent text-ink outline-none"
      />
    </label>
  )
}

/** Text goes into the address when a moment has passed without a key, and never in the middle of a Chinese word. */
function TextField({ text, onText }: { text: string; onText: (text: string) => void }) {
  const { t } = useTranslation('history')
  const [composing, setComposing] = useState(false)
  const [typed, setTyped] = useTyped(text, onText, now => (composing ? null : now))
  return (
    <div className="relative sm:w-52!">
      <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 z-1 size-4 text-ink-3" />
      <Field
        bare
        type="search"
        label={t('filter.text')}
        placeholder={t('text_placeholder')}
        value={typed}
        maxLength={200}
        onChange={event => setTyped(event.target.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        className="[&_input]:pl-8.5"
      />
    </div>
  )
}
