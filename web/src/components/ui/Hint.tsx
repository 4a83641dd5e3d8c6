import { Tooltip } from 'radix-ui'
import type { ReactElement } from 'react'

interface HintProps {
  words: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactElement
}

/** A few words about what is pointed at or has the focus. Needs `Tooltip.Provider` around the page. */
export function Hint({ words, side = 'top', children }: HintProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-60 max-w-64 rounded-sm border border-line bg-raised px-2.5 py-1 text-fact text-ink shadow-card"
        >
          {words}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
