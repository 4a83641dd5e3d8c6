import clsx from 'clsx'
import { Image as ImageIcon, Pin } from 'lucide-react'
import { memo, type PointerEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'
import { errorText } from '@/lib/api/errors'
import type { Acts } from '../acts'
import type { Names } from '../names'
import { pathOf, type Row } from '../rows'
import { useRow } from '../useRow'
import { Check } from './Check'
import { cellProps, touched } from './cellProps'
import { RowMenu } from './RowMenu'
import { RunningLine, StateTag } from './StateTag'

interface TileProps {
  known: Row
  names: Names
  acts: Acts
  chosen: boolean
  /** Whether any photo is chosen: then a press chooses, too. */
  choosing: boolean
  /** Whether the keyboard comes here. */
  active: boolean
}

/** A photo of the gallery. Pointed at, it shows what it was before. */
export const Tile = memo(function Tile({ known, names, acts, chosen, choosing, active }: TileProps) {
  const { t } = useTranslation('history')
  const row = useRow(known, acts.gone)
  const [lit, setLit] = useState(touched)
  const [split, setSplit] = useState(false)
  const cell = cellProps(row, acts, choosing)
  const made = row.preset ? names.preset(row.preset) : names.operation(row.operation)

  const follow = (event: PointerEvent<HTMLElement>) => {
    if (event.pointerType === 'touch') return
    const box = event.currentTarget.getBoundingClientRect()
    event.currentTarget.style.setProperty('--split', `${((event.clientX - box.left) / box.width) * 100}%`)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: photos side by side are a grid, and no table
    <div
      role="gridcell"
      aria-selected={chosen}
      aria-label={`${row.name} ${made}, ${t(`common:state.${row.status}`)}`}
      tabIndex={active ? 0 : -1}
      {...cell}
      onFocus={() => {
        cell.onFocus()
        setLit(true)
        setSplit(true)
      }}
      onBlur={() => setSplit(false)}
      onPointerEnter={() => setLit(true)}
      className={clsx(
        'group relative flex h-full cursor-pointer flex-col overflow-hidden rounded-md border bg-surface transition-colors',
        chosen ? 'border-light ring-1 ring-light' : 'border-line-soft hover:border-ink-3',
      )}
    >
      <a
        href={pathOf(row)}
        aria-label={row.name}
        tabIndex={-1}
        onPointerMove={follow}
        onPointerEnter={() => setSplit(true)}
        onPointerLeave={event => {
          setSplit(false)
          event.currentTarget.style.removeProperty('--split')
        }}
        className="relative min-h-0 flex-1 overflow-hidden bg-[#0d0b0a]"
      >
        <Photo row={row} split={split} />
        {row.status === 'failed' && (
          <span className="absolute inset-0 grid place-items-center bg-[#0d0b0ad9] p-3 text-center text-fact font-semibold text-[#ffb0b0]">
            <span className="line-clamp-4">{errorText(row.errorCode, row.error ?? '')}</span>
          </span>
        )}
        {row.status !== 'completed' && row.status !== 'failed' && (
          <span className="absolute bottom-2 left-2 max-w-[calc(100%-16px)]">
            <StateTag row={row} onPhoto />
          </span>
        )}
        {row.status === 'processing' && <RunningLine row={row} className="absolute inset-x-0 bottom-0 bg-[#0007]!" />}
      </a>
      <Caption row={row} made={made} />
      {(chosen || choosing || lit) && (
        <div
          className={clsx(
            'pointer-events-none absolute inset-x-1 top-1 flex justify-between transition-opacity',
            chosen || choosing
              ? 'opacity-100'
              : 'opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100',
          )}
        >
          <span className="pointer-events-auto">
            <Check id={row.id} name={row.name} chosen={chosen} acts={acts} onPhoto />
          </span>
          <span className="pointer-events-auto">
            <RowMenu row={row} acts={acts} onPhoto />
          </span>
        </div>
      )}
    </div>
  )
})

function Photo({ row, split }: { row: Row; split: boolean }) {
  const { t } = useTranslation('history')
  const shown = row.thumbnail ?? row.originalThumbnail
  const fill = 'absolute inset-0 size-full object-cover'
  return (
    <>
      {shown ? (
        <Picture path={shown} alt="" draggable={false} className={fill} />
      ) : (
        <span className="absolute inset-0 grid place-items-center bg-raised text-ink-3">
          <ImageIcon aria-hidden className="size-8 opacity-40" strokeWidth={1.2} />
        </span>
      )}
      {split && row.thumbnail && row.originalThumbnail && (
        <>
          <Picture
            path={row.originalThumbnail}
            alt=""
            draggable={false}
            className={clsx(fill, '[clip-path:inset(0_calc(100%-var(--split,50%))_0_0)]')}
          />
          <span aria-hidden className="absolute inset-y-0 left-[var(--split,50%)] w-[2px] -translate-x-1/2 bg-[#fff]" />
          <span className="absolute bottom-2 left-2 rounded-full bg-[#0d0b0acc] px-2 text-[11.5px] text-[#f4efe8]">
            {t('before')}
          </span>
          <span className="absolute right-2 bottom-2 rounded-full bg-[#0d0b0acc] px-2 text-[11.5px] text-[#f4efe8]">
            {t('after')}
          </span>
        </>
      )}
    </>
  )
}

function Caption({ row, made }: { row: Row; made: string }) {
  const { t } = useTranslation('history')
  return (
    <div className="flex h-10 shrink-0 items-center justify-between gap-2 px-3 text-fact">
      <b title={row.name} className="min-w-0 truncate font-[550]">
        {row.name}
      </b>{' '}
      <span className="flex min-w-0 shrink-0 items-center gap-1.5 text-ink-3">
        {row.pinned && <Pin role="img" aria-label={t('pinned')} className="size-3.5 text-light-text" />}
        <span className="max-w-28 truncate">{made}</span>
      </span>
    </div>
  )
}
