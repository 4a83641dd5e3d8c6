import clsx from 'clsx'
import { forwardRef } from 'react'
import { Button, type ButtonProps } from '@/components/ui/Button'
import { Hint } from '@/components/ui/Hint'

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'aria-label'> {
  /** What it does: told to screen readers, and shown when it is pointed at. */
  label: string
}

export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { label, small = false, look = 'ghost', className, off, ...rest },
  ref,
) {
  return (
    <Hint words={off || label}>
      <Button
        ref={ref}
        aria-label={label}
        aria-disabled={off ? true : undefined}
        look={look}
        small={small}
        className={clsx(small ? 'w-8 px-0!' : 'w-9 px-0!', off && 'opacity-50', className)}
        {...rest}
        onClick={off ? event => event.preventDefault() : rest.onClick}
      />
    </Hint>
  )
})
