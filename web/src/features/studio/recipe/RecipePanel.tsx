import { useTranslation } from 'react-i18next'
import { Skeleton } from '@/components/ui/Skeleton'
import { setDraft } from '@/lib/draft'
import type { OnTable } from '../useOnTable'
import { Actions } from './Actions'
import { Cards } from './Cards'
import { Forecast } from './Forecast'
import { MainControls } from './MainControls'
import { MoreSettings } from './MoreSettings'
import { useReadyDraft } from './useReadyDraft'

interface RecipePanelProps {
  onTable: OnTable
  previewing: boolean
  onPreview: () => void
}

/** What will happen to the photos: presets as pictures, the few settings that matter, the forecast, the buttons. */
export function RecipePanel({ onTable, previewing, onPreview }: RecipePanelProps) {
  const { t } = useTranslation('studio')
  const draft = useReadyDraft()
  if (!draft) {
    return (
      <div className="flex flex-col gap-4 p-[18px]">
        <Skeleton className="h-44" />
        <Skeleton className="h-14" />
        <Skeleton className="h-14" />
      </div>
    )
  }
  return (
    <>
      <div className="flex min-h-0 flex-1 flex-col gap-[18px] overflow-y-auto p-[18px]">
        <section>
          <h2 className="mb-2 text-fact font-semibold text-ink-2 max-lg:hidden">{t('what')}</h2>
          <Cards draft={draft} onChange={setDraft} />
        </section>
        <MainControls draft={draft} onChange={setDraft} />
        <MoreSettings draft={draft} onChange={setDraft} />
      </div>
      <div className="flex shrink-0 flex-col gap-3 border-t border-line-soft p-[18px]">
        <Forecast draft={draft} candidate={onTable.subjects.at(-1) ?? null} />
        <Actions draft={draft} onTable={onTable} previewing={previewing} onPreview={onPreview} />
      </div>
    </>
  )
}
