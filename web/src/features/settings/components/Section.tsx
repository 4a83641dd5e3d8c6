import { type ReactNode, useId } from 'react'

interface SectionProps {
  title: string
  about?: string | undefined
  children: ReactNode
}

/** A part of the settings with a name. */
export function Section({ title, about, children }: SectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="rounded-md border border-line-soft bg-surface p-4 md:p-5">
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      {about && <p className="text-fact text-ink-3">{about}</p>}
      <div className="mt-4 flex flex-col gap-4">{children}</div>
    </section>
  )
}
