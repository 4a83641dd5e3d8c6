import clsx from 'clsx'
import { Ellipsis, Image as ImageIcon, Pin } from 'lucide-react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'
import { errorText } from '@/lib/api/errors'
import { seconds, size, time } from '@/lib/format'
import type { Acts } from '../acts'
import type { Names } from '../names'
import { pathOf, type Row } from '../rows'
import { useRow } from '../useRow'
import { Check } from './Check'
import { cellProps, touched } from './cellProps'
import { RowMenu } from './RowMenu'
import { StateTag } from './StateTag'

interface TableRowProps {
  known: Row
  names: Names
  acts: Acts
  chosen: boolean
  choosing: boolean
  active: boolean
}

/** Which columns there are, and from which width on. */
export const COLUMNS =
  'grid grid-cols-[32px_56px_minmax(0,1fr)_auto_32px] items-center gap-x-3 md:grid-cols-[32px_56px_minmax(0,2fr)_minmax(0,1fr)_170px_64px_130px_150px_32px] max-xl:md:grid-cols-[32px_56px_minmax(0,2fr)_minmax(0,1fr)_130px_32px]'
const WIDE = 'max-xl:hidden'

/** A photo of the table. */
export const TableRow = memo(function TableRow({ known, names, acts, chosen, choosing, active }: TableRowProps) {
  const { t } = useTranslation('history')
  const row = useRow(known, acts.gone)
  const [lit, setLit] = useState(touched)
  const cell = cellProps(row, acts, choosing)
  const shown = row.thumbnail ?? row.originalThumbnail
  const made = row.preset ? names.preset(row.preset) : names.operation(row.operation)
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows come and go while it scrolls, which a table cannot
    <div
      role="row"
      aria-selected={chosen}
      tabIndex={active ? 0 : -1}
      {...cell}
      onFocus={() => {
        cell.onFocus()
        setLit(true)
      }}
      onPointerEnter={() => setLit(true)}
      className={clsx(
        COLUMNS,
        'h-full cursor-pointer border-b border-line-soft px-2 text-[13px] transition-colors -outline-offset-2',
        chosen ? 'bg-light-soft' : 'hover:bg-surface',
      )}
    >
      <Cell>
        <Check id={row.id} name={row.name} chosen={chosen} acts={acts} />
      </Cell>
      <Cell className="size-12 overflow-hidden rounded-sm bg-raised">
        <a href={pathOf(row)} tabIndex={-1} aria-label={row.name}>
          {shown ? (
            <Picture path={shown} alt="" draggable={false} className="size-full object-cover" />
          ) : (
            <span className="grid size-full place-items-center text-ink-3">
              <ImageIcon aria-hidden className="size-5 opacity-40" strokeWidth={1.4} />
            </span>
          )}
        </a>
      </Cell>
      <Cell>
        <div className="flex min-w-0 items-center gap-1.5">
          <b title={row.name} className="truncate font-[550]">
            {row.name}
          </b>
          {row.pinned && <Pin role="img" aria-label={t('pinned')} className="size-3.5 shrink-0 text-light-text" />}
        </div>
        <div className="truncate text-fact text-ink-3 md:hidden">{made}</div>
        {row.status === 'failed' && (
          <div className="truncate text-fact text-bad max-md:hidden" title={row.error ?? ''}>
            {errorText(row.errorCode, row.error ?? '')}
          </div>
        )}
      </Cell>
      <Cell className="truncate text-ink-2 max-md:hidden">{made}</Cell>
      <Cell className={clsx(WIDE, 'text-fact text-ink-2')}>
        {row.before && <div className="text-ink-3">{size(row.before.width, row.before.height)}</div>}
        {row.after && <div>{t('to_size', { size: size(row.after.width, row.after.height) })}</div>}
      </Cell>
      <Cell className={clsx(WIDE, 'text-ink-2')}>{row.seconds === null ? '' : seconds(row.seconds)}</Cell>
      <Cell>
        <StateTag row={row} />
      </Cell>
      <Cell className={clsx(WIDE, 'text-fact text-ink-3')}>{time(row.at)}</Cell>
      <Cell>
        {lit ? <RowMenu row={row} acts={acts} /> : <Ellipsis aria-hidden className="mx-2 size-4 text-ink-3" />}
      </Cell>
    </div>
  )
})

function Cell({ className, children }: { className?: string; children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the row
    // biome-ignore lint/a11y/useFocusableInteractive: the row has the focus
    <div role="gridcell" className={clsx('min-w-0', className)}>
      {children}
    </div>
  )
}

export function TableHead() {
  const { t } = useTranslation('history')
  const names = ['name', 'made_with', 'size', 'took', 'state', 'when'] as const
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the row
    // biome-ignore lint/a11y/useFocusableInteractive: there is nothing to do with it
    <div
      role="row"
      className={clsx(COLUMNS, 'sticky top-0 z-10 h-9 border-b border-line bg-ground px-2 text-fact text-ink-3')}
    >
      <Head className="col-span-2">{t('columns.picture')}</Head>
      {names.map(name => (
        <Head
          key={name}
          className={clsx(
            name === 'made_with' && 'max-md:hidden',
            (name === 'size' || name === 'took' || name === 'when') && WIDE,
          )}
        >
          {t(`columns.${name}`)}
        </Head>
      ))}
      <Head>
        <span className="sr-only">{t('columns.more')}</span>
      </Head>
    </div>
  )
}

function Head({ className, children }: { className?: string; children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the row
    // biome-ignore lint/a11y/useFocusableInteractive: there is nothing to do with it
    <span role="columnheader" className={clsx('truncate', className)}>
      {children}
    </span>
  )
}
