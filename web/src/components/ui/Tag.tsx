import clsx from 'clsx'
import type { ReactNode } from 'react'

interface TagProps {
  tone?: 'plain' | 'good' | 'bad' | 'light' | 'amber'
  /** On a photo, where it needs a ground of its own in both themes. */
  onPhoto?: boolean
  children: ReactNode
  className?: string
}

const TONES = { plain: 'text-ink-2', good: 'text-good', bad: 'text-bad', light: 'text-light-text', amber: 'text-amber' }
const ON_PHOTO = {
  plain: 'text-[#f4efe8]',
  good: 'text-[#9be8b8]',
  bad: 'text-[#ffb0b0]',
  light: 'text-[#ff9c80]',
  amber: 'text-[#ffd08a]',
}

/** A word about the state of something. */
export function Tag({ tone = 'plain', onPhoto = false, children, className }: TagProps) {
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-[12px] whitespace-nowrap',
        onPhoto ? ['bg-[#0d0b0acc]', ON_PHOTO[tone]] : ['border border-line', TONES[tone]],
        className,
      )}
    >
      {children}
    </span>
  )
}
