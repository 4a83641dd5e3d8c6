import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '@/components/ui/Skeleton'
import type { Draft } from '@/lib/draft'
import { late } from '@/lib/late'

const AllSettings = late(() => import('./AllSettings').then(code => code.AllSettings), <Skeleton className="h-72" />)

interface MoreSettingsProps {
  draft: Draft
  onChange: (draft: Draft) => void
}

/** All that is not set in the first place, once somebody wants to see it. */
export function MoreSettings({ draft, onChange }: MoreSettingsProps) {
  const { t } = useTranslation('studio')
  const [open, setOpen] = useState(false)
  return (
    <section className="flex flex-col gap-4">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex items-center gap-2 self-start text-[13px] font-[550] text-ink-2 hover:text-ink"
      >
        <ChevronDown aria-hidden className={`size-4 transition-transform ${open ? 'rotate-180' : ''}`} />
        {t(open ? 'fine_less' : 'fine')}
      </button>
      {open && <AllSettings draft={draft} onChange={onChange} />}
    </section>
  )
}
