import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { day, number } from '@/lib/format'
import { type FilterName, type Filters, setOnes } from '../filters'
import { useNames } from '../names'

interface FilterChipsProps {
  filters: Filters
  onDrop: (name: FilterName) => void
  onClear: () => void
}

/** What is searched by now; each can be taken away. */
export function FilterChips({ filters, onDrop, onClear }: FilterChipsProps) {
  const { t } = useTranslation('history')
  const names = useNames()
  const set = setOnes(filters)
  if (set.length === 0) return null
  const value = (name: FilterName): string => {
    switch (name) {
      case 'status':
        return t(`common:state.${filters.status ?? 'pending'}`)
      case 'pinned':
        return filters.pinned ? t('pinned_only') : t('unpinned_only')
      case 'since':
      case 'until':
        return day(`${filters[name]}T12:00:00`)
      case 'strength_min':
      case 'strength_max':
        return number(filters[name] ?? 0, 2)
      case 'resolution_min':
      case 'resolution_max':
        return t('pixels', { shown: number(filters[name] ?? 0) })
      case 'text':
        return filters.text ?? ''
      default:
        return names[name](filters[name] ?? '')
    }
  }
  return (
    <ul aria-label={t('filtered_by')} className="flex flex-wrap items-center gap-2">
      {set.map(name => (
        <li key={name}>
          <button
            type="button"
            onClick={() => onDrop(name)}
            className="flex h-7 max-w-72 items-center gap-1.5 rounded-full bg-light-soft pr-2 pl-3 text-fact text-light-text hover:bg-raised"
          >
            {name !== 'pinned' && <span className="text-ink-2">{t(`filter.${name}`)}</span>}
            <span className="truncate">{value(name)}</span>
            <span className="sr-only">{t('drop_filter')}</span>
            <X aria-hidden className="size-3.5 shrink-0" />
          </button>
        </li>
      ))}
      <li>
        <button type="button" onClick={onClear} className="px-1.5 text-fact text-ink-2 hover:text-ink">
          {t('clear_all')}
        </button>
      </li>
    </ul>
  )
}
