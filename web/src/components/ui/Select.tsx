import { ChevronDown } from 'lucide-react'
import { useId } from 'react'

interface SelectProps {
  label: string
  value: string
  choices: readonly { value: string; label: string }[]
  help?: string | undefined
  /** The name is only told to screen readers. */
  bare?: boolean
  onChange: (value: string) => void
}

/** One of several. The system's own list: it is right on every phone and for every screen reader. */
export function Select({ label, value, choices, help, bare = false, onChange }: SelectProps) {
  const id = useId()
  return (
    <div className={bare ? undefined : 'text-[13px]'}>
      <label htmlFor={id} className={bare ? 'sr-only' : 'mb-1 block'}>
        {label}
      </label>
      <div className="relative">
        <select
          id={id}
          value={value}
          onChange={event => onChange(event.target.value)}
          className="h-9 w-full appearance-none truncate rounded-sm border border-line bg-raised pr-8 pl-3 text-[13px] text-ink hover:border-ink-3"
        >
          {choices.map(choice => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
        <ChevronDown aria-hidden className="pointer-events-none absolute top-2.5 right-2.5 size-4 text-ink-3" />
      </div>
      {help && <p className="mt-1 text-fact text-ink-3">{help}</p>}
    </div>
  )
}
