import clsx from 'clsx'
import { ToggleGroup } from 'radix-ui'
import { Hint } from '@/components/ui/Hint'

export interface Choice<T extends string> {
  value: T
  label: string
  /** Why it cannot be chosen now; it can still be reached by keyboard. */
  off?: string | undefined
}

interface SegmentedProps<T extends string> {
  label: string
  value: T | ''
  choices: readonly Choice<T>[]
  /** Each as wide as its words, for some that are much longer than others. */
  uneven?: boolean
  onChange: (value: T) => void
}

/** One of a few, side by side. */
export function Segmented<T extends string>({ label, value, choices, uneven = false, onChange }: SegmentedProps<T>) {
  const choose = (chosen: string) => {
    const found = choices.find(one => one.value === chosen)
    if (found && !found.off) onChange(found.value)
  }
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={choose}
      className={clsx(
        'grid grid-flow-col rounded-sm border border-line-soft bg-ground p-[3px]',
        !uneven && 'auto-cols-fr',
      )}
    >
      {choices.map(choice => (
        <Hint key={choice.value} words={choice.off ?? ''}>
          <ToggleGroup.Item
            value={choice.value}
            aria-disabled={choice.off ? true : undefined}
            className={clsx(
              'min-h-8 rounded-[4px] px-2 text-[13px] text-ink-2 transition-colors',
              'data-[state=on]:bg-raised data-[state=on]:font-semibold data-[state=on]:text-ink data-[state=on]:shadow-sm',
              choice.off ? 'opacity-50' : 'hover:text-ink',
            )}
          >
            {choice.label}
          </ToggleGroup.Item>
        </Hint>
      ))}
    </ToggleGroup.Root>
  )
}
