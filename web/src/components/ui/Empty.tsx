import type { ReactNode } from 'react'

interface EmptyProps {
  icon?: ReactNode
  title: string
  /** What to do about it. */
  hint?: string
  action?: ReactNode
}

/** Where nothing is yet: what it is for and how something comes here. */
export function Empty({ icon, title, hint, action }: EmptyProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-16 text-center">
      {icon && <div className="mb-2 text-ink-3 [&>svg]:size-10 [&>svg]:stroke-1">{icon}</div>}
      <p className="text-title font-semibold">{title}</p>
      {hint && <p className="text-ink-2">{hint}</p>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
