import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

interface SheetProps {
  title: string
  about: string
  children: ReactNode
}

/** A page of its own for what comes before all others. */
export function Sheet({ title, about, children }: SheetProps) {
  const { t } = useTranslation()
  useEffect(() => {
    document.title = `${title} · ${t('app')}`
  }, [title, t])
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="flex w-full max-w-sm flex-col gap-4 rounded-lg border border-line-soft bg-surface p-6 shadow-card">
        <div>
          <p className="mb-4 text-fact font-semibold text-light-text">{t('app')}</p>
          <h1 className="text-title font-semibold">{title}</h1>
          <p className="mt-1 text-[13px] text-ink-2">{about}</p>
        </div>
        {children}
      </div>
    </main>
  )
}
