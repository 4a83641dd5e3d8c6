import clsx from 'clsx'
import { type ComponentProps, forwardRef, type ReactNode } from 'react'
import { Hint } from '@/components/ui/Hint'

type Look = 'primary' | 'plain' | 'ghost' | 'danger'

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  look?: Look
  small?: boolean
  icon?: ReactNode
  /** Why it cannot be pressed now. A button that is off always says why; it can still be reached by keyboard. */
  off?: string | false | null | undefined
  /** It was pressed, and the answer is not there yet. */
  busy?: boolean
}

const LOOKS: Record<Look, string> = {
  primary: 'bg-light border-transparent text-on-light hover:bg-light-hover',
  plain: 'bg-raised border-line text-ink hover:border-ink-3',
  ghost: 'bg-transparent border-transparent text-ink-2 hover:text-ink hover:bg-raised',
  danger: 'bg-raised border-line text-bad hover:border-bad',
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { look = 'plain', small = false, icon, off, busy = false, className, children, onClick, ...rest },
  ref,
) {
  const idle = Boolean(off) || busy
  const button = (
    <button
      ref={ref}
      type="button"
      aria-disabled={idle || undefined}
      aria-busy={busy || undefined}
      onClick={idle ? event => event.preventDefault() : onClick}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center gap-2 rounded-sm border font-[550] whitespace-nowrap transition-colors select-none',
        small ? 'h-8 px-2.5 text-fact' : 'h-9 px-3.5',
        LOOKS[look],
        idle && 'opacity-50',
        className,
      )}
      {...rest}
    >
      {icon}
      {children}
    </button>
  )
  return <Hint words={off || ''}>{button}</Hint>
})
