import type { ReactNode } from 'react'

/** Some facts under a heading. */
export function FactGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="break-inside-avoid">
      <h2 className="mb-2 text-[13px] font-semibold text-ink-2">{title}</h2>
      {children}
    </section>
  )
}

/** A list of facts: what it is at the left, how it is at the right. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="flex flex-col gap-1.5 text-fact">{children}</dl>
}

interface FactProps {
  name: string
  /** It belongs to the fact above. */
  within?: boolean
  children: ReactNode
}

export function Fact({ name, within = false, children }: FactProps) {
  return (
    <div className={`flex items-baseline justify-between gap-4 ${within ? 'pl-3' : ''}`}>
      <dt className="shrink-0 text-ink-3">{name}</dt>
      <dd className="min-w-0 text-right break-words">{children}</dd>
    </div>
  )
}
