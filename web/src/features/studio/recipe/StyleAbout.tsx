import { useTranslation } from 'react-i18next'
import type { Style } from '@/lib/data/offers'
import { styleSummary, styleTitle } from '@/lib/i18n/service'

interface StyleAboutProps {
  style: Style
  /** What it makes of a photo; own styles have none. */
  picture: string | undefined
}

/** The style that was chosen: what it looks like, and what it tells those that read prompts. */
export function StyleAbout({ style, picture }: StyleAboutProps) {
  const { t } = useTranslation('studio')
  const summary = styleSummary(style)
  return (
    <div className="flex gap-3 rounded-md border border-line-soft bg-ground p-3 text-fact">
      {picture && <img src={picture} alt="" className="h-[60px] w-[104px] shrink-0 rounded-sm object-cover" />}
      <div className="min-w-0">
        <p className="text-[13px] font-[550] break-words">{styleTitle(style)}</p>
        {summary && <p className="text-ink-2">{summary}</p>}
        <p className="break-words text-ink-3">
          {style.prompt ? (
            <>
              {t('style.prompt')}: <q>{style.prompt}</q>
            </>
          ) : (
            t('style.no_prompt')
          )}
        </p>
      </div>
    </div>
  )
}
