import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'

interface SheetProps {
  title: string
  /** The buttons of the report. */
  actions?: ReactNode
  children: ReactNode
}

/** A report on a page: on paper only what it tells, without what is around it. */
export function Sheet({ title, actions, children }: SheetProps) {
  const { t } = useTranslation('report')
  return (
    <Page
      title={title}
      lead={
        <Link
          to="/"
          aria-label={t('to_studio')}
          className="-ml-2 inline-flex h-9 items-center gap-2 rounded-sm px-2.5 font-[550] text-ink-2 hover:bg-raised hover:text-ink"
        >
          <ArrowLeft aria-hidden className="size-4" />
          <span className="max-md:hidden">{t('to_studio')}</span>
        </Link>
      }
      actions={actions}
    >
      <article className="mx-auto flex max-w-4xl flex-col gap-8 rounded-md border border-line-soft bg-surface p-5 md:p-10 print:max-w-none print:border-0 print:p-0">
        {children}
      </article>
    </Page>
  )
}

/** What the report is about, in large letters. */
export function Headline({ title, about }: { title: string; about: ReactNode }) {
  return (
    <header className="border-b border-line pb-4">
      <h2 className="text-[22px] font-semibold tracking-[-0.015em] break-words">{title}</h2>
      <p className="mt-1 text-[13px] text-ink-2">{about}</p>
    </header>
  )
}
