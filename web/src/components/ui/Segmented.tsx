import clsx from 'clsx'
import { ToggleGroup } from 'radix-ui'

export interface Choice<T extends string> {
  value: T
  label: string
}

interface SegmentedProps<T extends string> {
  label: string
  value: T | ''
  choices: readonly Choice<T>[]
  onChange: (value: T) => void
}

/** One of a few, side by side. */
export function Segmented<T extends string>({ label, value, choices, onChange }: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={chosen => chosen && onChange(chosen as T)}
      className="grid auto-cols-fr grid-flow-col rounded-sm border border-line-soft bg-ground p-[3px]"
    >
      {choices.map(choice => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          className={clsx(
            'min-h-8 rounded-[4px] px-2 text-[13px] text-ink-2 transition-colors hover:text-ink',
            'data-[state=on]:bg-raised data-[state=on]:font-semibold data-[state=on]:text-ink data-[state=on]:shadow-sm',
          )}
        >
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
