import { Switch as Radix } from 'radix-ui'
import { useId } from 'react'

interface SwitchProps {
  label: string
  help?: string | undefined
  checked: boolean
  onChange: (checked: boolean) => void
}

export function Switch({ label, help, checked, onChange }: SwitchProps) {
  const id = useId()
  return (
    <div>
      <div className="flex items-center justify-between gap-3 text-[13px]">
        <label htmlFor={id} className="py-1">
          {label}
        </label>
        <Radix.Root
          id={id}
          checked={checked}
          onCheckedChange={onChange}
          className="relative h-5 w-9 shrink-0 rounded-full border border-line bg-ground transition-colors data-[state=checked]:border-transparent data-[state=checked]:bg-light"
        >
          <Radix.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-ink-2 transition-transform data-[state=checked]:translate-x-[18px] data-[state=checked]:bg-on-light" />
        </Radix.Root>
      </div>
      {help && <p className="text-fact text-ink-3">{help}</p>}
    </div>
  )
}
