import clsx from 'clsx'
import { ChevronUp } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface PageProps {
  title: string
  /** Before the title: the way back. */
  lead?: ReactNode
  /** After the title: small facts. */
  chips?: ReactNode
  /** At the right end of the head. */
  actions?: ReactNode
  /** The column on the right; on small screens a sheet that is pulled up. */
  aside?: ReactNode
  /** What the column is about: its name, and what the sheet says while it is down. */
  asideTitle?: string
  /** The content scrolls by itself, as the viewer's does not. */
  fixed?: boolean
  children: ReactNode
}

/** A place: its head, what it is about, and the column on the right. */
export function Page({ title, lead, chips, actions, aside, asideTitle = '', fixed = false, children }: PageProps) {
  const { t } = useTranslation()
  useEffect(() => {
    document.title = `${title} · ${t('app')}`
  }, [title, t])
  return (
    <div
      className={clsx(
        'grid min-h-0 flex-1 grid-rows-[minmax(0,1fr)] print:block',
        Boolean(aside) && 'lg:grid-cols-[minmax(0,1fr)_336px]',
      )}
    >
      <div className="flex min-h-0 min-w-0 flex-col print:block">
        <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line-soft px-4 py-2 md:px-5 print:hidden">
          {lead}
          <h1 className="min-w-0 truncate text-title font-semibold tracking-[-0.01em]">{title}</h1>
          {chips}
          <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>
        </header>
        <main
          id="photos"
          tabIndex={fixed ? -1 : 0}
          className={clsx(
            'min-h-0 flex-1 outline-none',
            fixed ? 'flex flex-col overflow-hidden' : 'overflow-y-auto p-4 md:p-5 print:overflow-visible print:p-0',
          )}
        >
          {children}
        </main>
      </div>
      {aside && <Aside title={asideTitle}>{aside}</Aside>}
    </div>
  )
}

function Aside({ title, children }: { title: string; children: ReactNode }) {
  const [up, setUp] = useState(false)
  return (
    <aside
      aria-label={title}
      className={clsx(
        'z-20 flex min-h-0 flex-col border-line-soft bg-surface max-lg:fixed max-lg:inset-x-0 max-lg:bottom-12 max-lg:rounded-t-lg max-lg:border-t max-lg:shadow-card md:max-lg:bottom-0 md:max-lg:left-16 lg:border-l',
        up && 'max-lg:max-h-[82dvh]',
      )}
    >
      <button
        type="button"
        aria-expanded={up}
        onClick={() => setUp(!up)}
        className="flex min-h-12 shrink-0 items-center justify-between px-4 font-semibold lg:hidden"
      >
        {title}
        <ChevronUp aria-hidden className={clsx('size-5 text-ink-3 transition-transform', up && 'rotate-180')} />
      </button>
      <div className={clsx('min-h-0 flex-1 flex-col', up ? 'flex' : 'hidden lg:flex')}>{children}</div>
    </aside>
  )
}
