import { type ComponentProps, forwardRef, type ReactNode } from 'react'
import { Hint } from '@/components/ui/Hint'

interface TileToolProps extends ComponentProps<'button'> {
  label: string
  icon: ReactNode
}

/** A small round button on a photo. */
export const TileTool = forwardRef<HTMLButtonElement, TileToolProps>(function TileTool({ label, icon, ...rest }, ref) {
  return (
    <Hint words={label}>
      <button
        ref={ref}
        type="button"
        aria-label={label}
        className="grid size-8 place-items-center rounded-full bg-[#0d0b0acc] text-[#f4efe8] hover:bg-[#0d0b0a] [&>svg]:size-4"
        {...rest}
      >
        {icon}
      </button>
    </Hint>
  )
})
