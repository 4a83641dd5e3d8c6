import { Slider as Radix } from 'radix-ui'
import { useId } from 'react'

interface SliderProps {
  label: string
  value: number
  min: number
  max: number
  step: number
  /** How the value is said; as a plain number if this is left out. */
  show?: (value: number) => string
  help?: string | undefined
  onChange: (value: number) => void
}

/** A number on a line, its value beside its name. */
export function Slider({ label, value, min, max, step, show = String, help, onChange }: SliderProps) {
  const id = useId()
  return (
    <div>
      <div className="flex items-baseline justify-between gap-3 text-[13px]">
        <span id={id}>{label}</span>
        <output className="text-ink-3">{show(value)}</output>
      </div>
      <Radix.Root
        value={[value]}
        min={min}
        max={max}
        step={step}
        onValueChange={([first]) => first !== undefined && onChange(first)}
        className="relative flex h-6 touch-none items-center select-none"
      >
        <Radix.Track className="relative h-1 grow rounded-full bg-line">
          <Radix.Range className="absolute h-full rounded-full bg-light" />
        </Radix.Track>
        <Radix.Thumb
          aria-labelledby={id}
          aria-valuetext={show(value)}
          className="block size-4 rounded-full bg-ink shadow-md"
        />
      </Radix.Root>
      {help && <p className="text-fact text-ink-3">{help}</p>}
    </div>
  )
}
