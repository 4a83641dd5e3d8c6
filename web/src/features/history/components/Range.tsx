import clsx from 'clsx'
import { useTranslation } from 'react-i18next'
import { BOUNDS, type Bounded, type HistorySearch, isWithin } from '@/lib/historySearch'
import type { FilterName } from '../filters'
import { useTyped } from '../useTyped'

interface RangeProps {
  of: Bounded
  search: HistorySearch
  onFilter: <N extends FilterName>(name: N, value: HistorySearch[N] | '' | undefined) => void
  hidden: boolean
  className: string
}

/** From one number to another; either may be left out. */
export function Range({ of, search, onFilter, hidden, className }: RangeProps) {
  const { t } = useTranslation('history')
  const { [`${of}_min` as const]: least, [`${of}_max` as const]: most } = search
  const crossed = least !== undefined && most !== undefined && least > most
  const bound = (name: `${Bounded}_${'min' | 'max'}`) => (
    <Bound
      of={of}
      label={t(`filter.${name}`)}
      value={search[name]}
      wrong={crossed}
      onValue={value => onFilter(name, value)}
    />
  )
  return (
    <fieldset
      aria-label={t(`range.${of}`)}
      hidden={hidden}
      className={clsx(
        'flex h-9 items-center gap-1.5 rounded-sm border border-line bg-raised pr-1.5 pl-3 text-[13px] text-ink-3 hover:border-ink-3',
        className,
      )}
    >
      <span aria-hidden className="shrink-0">
        {t(`range.${of}`)}
      </span>
      {bound(`${of}_min`)}
      <span aria-hidden>–</span>
      {bound(`${of}_max`)}
    </fieldset>
  )
}

interface BoundProps {
  of: Bounded
  label: string
  value: number | undefined
  wrong: boolean
  onValue: (value: number | undefined) => void
}

function Bound({ of, label, value, wrong, onValue }: BoundProps) {
  const { least, most, whole } = BOUNDS[of]
  const meaning = (typed: string) => (typed === '' ? '' : isWithin(of, Number(typed)) ? String(Number(typed)) : null)
  const [typed, setTyped] = useTyped(
    value === undefined ? '' : String(value),
    meant => onValue(meant === '' ? undefined : Number(meant)),
    meaning,
  )
  return (
    <input
      type="number"
      aria-label={label}
      aria-invalid={wrong || meaning(typed) === null || undefined}
      value={typed}
      min={least}
      max={most}
      step={whole ? 1 : 0.05}
      onChange={event => setTyped(event.target.value)}
      className="w-full min-w-0 [appearance:textfield] rounded-sm bg-transparent px-1 text-center text-ink outline-none aria-invalid:text-bad [&::-webkit-inner-spin-button]:appearance-none"
    />
  )
}
