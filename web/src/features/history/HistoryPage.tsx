import { useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowUp } from 'lucide-react'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Button } from '@/components/ui/Button'
import { Segmented } from '@/components/ui/Segmented'
import { Trouble } from '@/components/ui/Trouble'
import { number } from '@/lib/format'
import type { HistorySearch } from '@/lib/historySearch'
import { useWidth } from '@/lib/useWidth'
import { DeleteDialog } from './components/DeleteDialog'
import { FilterBar } from './components/FilterBar'
import { FilterChips } from './components/FilterChips'
import { HistoryEmpty } from './components/HistoryEmpty'
import { Results } from './components/Results'
import { SelectionBar } from './components/SelectionBar'
import { Waiting } from './components/Waiting'
import { cleared, type FilterName, filtersOf, setOnes, withFilter } from './filters'
import type { Row } from './rows'
import { useActs } from './useActs'
import { useChosenRows } from './useChosenRows'
import { useForgotten } from './useForgotten'
import { useHistory } from './useHistory'
import { useSelection } from './useSelection'

const AT_TOP = 60

/** All that was ever done: to be searched, looked at, compared, done again and deleted. */
export function HistoryPage() {
  const { t } = useTranslation('history')
  const search = useSearch({ from: '/history' })
  const navigate = useNavigate({ from: '/history' })
  const view = search.view ?? 'gallery'
  // Searches that ask for the same are the same.
  const asked = JSON.stringify(filtersOf(search))
  const filters = useMemo(() => filtersOf(JSON.parse(asked) as HistorySearch), [asked])
  const filtered = setOnes(filters).length > 0

  const go = useCallback(
    (how: (search: HistorySearch) => HistorySearch) =>
      void navigate({ search: how, replace: true, resetScroll: false }),
    [navigate],
  )
  const onFilter = useCallback(
    <N extends FilterName>(name: N, value: HistorySearch[N] | '' | undefined) =>
      go(before => withFilter(before, name, value)),
    [go],
  )
  const onClear = useCallback(() => go(cleared), [go])

  const { list, rows, fresh, takeIn, readOn } = useHistory(filters)
  const forgotten = useForgotten()
  const chosen = useSelection(search.picked, rows, picked =>
    go(({ picked: _old, ...rest }) => (picked ? { ...rest, picked } : rest)),
  )
  const chosenRows = useChosenRows({
    ids: chosen.selection.ids,
    rows,
    read: list.data !== undefined,
    onGone: chosen.drop,
  })
  const [active, setActive] = useState<string | null>(null)
  const [removing, setRemoving] = useState<readonly Row[] | null>(null)
  const acts = useActs({ choose: chosen.choose, focus: setActive, remove: setRemoving, gone: chosen.drop })

  const scroller = useRef<HTMLDivElement>(null)
  const width = useWidth(scroller)
  const [atTop, setAtTop] = useState(true)
  const toTop = useCallback(() => {
    if (scroller.current) scroller.current.scrollTop = 0
  }, [])

  // At the top new photos come by themselves; further down nothing may move under the hand.
  useEffect(() => {
    if (atTop && fresh.rows.length > 0) takeIn()
  }, [atTop, fresh, takeIn])
  const shownFilters = useRef(filters)
  useEffect(() => {
    if (shownFilters.current !== filters) toTop()
    shownFilters.current = filters
  }, [filters, toTop])

  const keys = (event: KeyboardEvent) => {
    if (!scroller.current?.contains(event.target as Node)) return
    if (event.key === 'Escape' && chosen.selection.ids.size > 0) chosen.clear()
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) chosen.chooseAll()
    else if (event.key === 'Delete' && chosenRows.length > 0) setRemoving(chosenRows)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <Page
      fixed
      title={t('title')}
      actions={
        <Segmented
          label={t('view')}
          value={view}
          choices={(['gallery', 'table'] as const).map(value => ({ value, label: t(`views.${value}`) }))}
          onChange={value => go(({ view: _old, ...rest }) => (value === 'table' ? { ...rest, view: value } : rest))}
        />
      }
    >
      <div className="relative flex min-h-0 flex-1 flex-col" onKeyDownCapture={keys}>
        <div className="flex shrink-0 flex-col gap-2.5 px-4 pt-3 pb-2 md:px-5">
          <FilterBar search={search} onFilter={onFilter} />
          <FilterChips filters={filters} onDrop={name => onFilter(name, undefined)} onClear={onClear} />
        </div>
        <div className="relative min-h-0 flex-1">
          <div
            ref={scroller}
            data-scroll-restoration-id="history"
            onScroll={event => setAtTop(event.currentTarget.scrollTop < AT_TOP)}
            className="h-full overflow-y-scroll pr-2 pb-20 pl-4 md:pr-3 md:pl-5"
          >
            {list.isError && rows.length === 0 ? (
              <Trouble error={list.error} onRetry={() => void list.refetch()} />
            ) : list.isPending || width === 0 || (rows.length === 0 && list.hasNextPage) ? (
              <Waiting view={view} />
            ) : rows.length === 0 ? (
              <HistoryEmpty filtered={filtered} onClear={onClear} />
            ) : (
              <Results
                view={view}
                scroller={scroller}
                width={width}
                rows={rows}
                selection={chosen.selection}
                active={active}
                acts={acts}
                onEnd={readOn}
              />
            )}
            {rows.length > 0 && (
              <p role="status" className="flex h-12 items-center justify-center gap-3 text-fact text-ink-3">
                {list.isFetchNextPageError ? (
                  <Button small onClick={() => void list.fetchNextPage()}>
                    {t('read_on_again')}
                  </Button>
                ) : list.hasNextPage ? (
                  t('reading_on')
                ) : (
                  t('end', { count: rows.length, shown: number(rows.length) })
                )}
              </p>
            )}
          </div>
          {!atTop && fresh.rows.length > 0 && (
            <button
              type="button"
              onClick={() => {
                takeIn()
                toTop()
              }}
              className="absolute top-2 left-1/2 flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full bg-light px-3.5 text-[13px] font-[550] text-on-light shadow-card"
            >
              <ArrowUp aria-hidden className="size-4" />
              {fresh.gap
                ? t('fresh_more', { shown: number(fresh.rows.length) })
                : t('fresh', { count: fresh.rows.length, shown: number(fresh.rows.length) })}
            </button>
          )}
        </div>
        <SelectionBar selection={chosen.selection} rows={chosenRows} acts={acts} onClear={chosen.clear} />
      </div>
      <DeleteDialog
        rows={removing}
        onClose={() => setRemoving(null)}
        onGone={ids => {
          forgotten(ids)
          chosen.drop(ids)
        }}
      />
    </Page>
  )
}
