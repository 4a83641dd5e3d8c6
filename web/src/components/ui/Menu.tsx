import clsx from 'clsx'
import { DropdownMenu } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

export interface MenuItem {
  label: string
  icon?: ReactNode
  danger?: boolean
  onSelect: () => void
}

interface MenuProps {
  /** The button that opens it. */
  children: ReactElement
  items: readonly MenuItem[]
}

export function Menu({ children, items }: MenuProps) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 rounded-md border border-line bg-raised p-1 shadow-card"
        >
          {items.map(item => (
            <DropdownMenu.Item
              key={item.label}
              onSelect={item.onSelect}
              className={clsx(
                'flex min-h-8 cursor-pointer items-center gap-2.5 rounded-sm px-2.5 text-[13px] outline-none data-highlighted:bg-light-soft',
                item.danger ? 'text-bad' : 'text-ink',
              )}
            >
              {item.icon}
              {item.label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
