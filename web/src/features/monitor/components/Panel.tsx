import clsx from 'clsx'
import { type ReactNode, useId } from 'react'

interface PanelProps {
  title: string
  /** At the right end of the head. */
  actions?: ReactNode
  about?: string | undefined
  className?: string
  children: ReactNode
}

/** A part of the page with a name. */
export function Panel({ title, actions, about, className, children }: PanelProps) {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      className={clsx('flex min-w-0 flex-col rounded-md border border-line-soft bg-surface p-4', className)}
    >
      <div className="mb-3 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {about && <p className="text-fact text-ink-3">{about}</p>}
        <div className="ml-auto flex items-center gap-2">{actions}</div>
      </div>
      {children}
    </section>
  )
}
