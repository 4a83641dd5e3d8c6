import clsx from 'clsx'
import { type ComponentProps, useId } from 'react'

interface TextAreaProps extends ComponentProps<'textarea'> {
  label: string
  help?: string | undefined
}

/** Some lines of text. */
export function TextArea({ label, help, className, ...rest }: TextAreaProps) {
  const id = useId()
  return (
    <div className={clsx('text-[13px]', className)}>
      <label htmlFor={id} className="mb-1 block">
        {label}
      </label>
      <textarea
        id={id}
        rows={2}
        aria-describedby={help ? `${id}-told` : undefined}
        className="field-sizing-content max-h-40 min-h-15 w-full resize-y rounded-sm border border-line bg-raised px-3 py-2 text-[13px] text-ink placeholder:text-ink-3 hover:border-ink-3"
        {...rest}
      />
      {help && (
        <p id={`${id}-told`} className="mt-1 text-fact text-ink-3">
          {help}
        </p>
      )}
    </div>
  )
}
