import clsx from 'clsx'
import { type ComponentProps, useId } from 'react'

interface FieldProps extends ComponentProps<'input'> {
  label: string
  help?: string | undefined
  /** What is wrong with what was typed. */
  wrong?: string | undefined
  /** The name is only told to screen readers. */
  bare?: boolean
}

/** A line of text or a number. */
export function Field({ label, help, wrong, bare = false, className, ...rest }: FieldProps) {
  const id = useId()
  const told = wrong ?? help
  return (
    <div className={bare ? className : clsx('text-[13px]', className)}>
      <label htmlFor={id} className={bare ? 'sr-only' : 'mb-1 block'}>
        {label}
      </label>
      <input
        id={id}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={told ? `${id}-told` : undefined}
        className={clsx(
          'h-9 w-full rounded-sm border bg-raised px-3 text-[13px] text-ink placeholder:text-ink-3',
          wrong ? 'border-bad' : 'border-line hover:border-ink-3',
        )}
        {...rest}
      />
      {told && (
        <p id={`${id}-told`} className={clsx('mt-1 text-fact', wrong ? 'text-bad' : 'text-ink-3')}>
          {told}
        </p>
      )}
    </div>
  )
}
