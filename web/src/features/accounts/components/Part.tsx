import { type ReactNode, useId } from 'react'

interface PartProps {
  title: string
  about?: string | undefined
  /** At the right end of its head. */
  action?: ReactNode
  children: ReactNode
}

/** A part of a page with a name. */
export function Part({ title, about, action, children }: PartProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="rounded-md border border-line-soft bg-surface p-4 md:p-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-56">
          <h2 id={id} className="font-semibold">
            {title}
          </h2>
          {about && <p className="text-fact text-ink-3">{about}</p>}
        </div>
        {action}
      </div>
      <div className="mt-4 flex flex-col gap-4">{children}</div>
    </section>
  )
}
