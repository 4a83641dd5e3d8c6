import { Upload } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { DropZone } from '@/components/DropZone'
import { usePreferences } from '@/lib/preferences'
import { ACCEPTED } from '../uploads/picking'
import { usePick } from '../usePick'
import { SampleButton } from './SampleButton'

const ACCEPT = Object.values(ACCEPTED).flat().join(',')

interface DropAreaProps {
  /** Nothing is here yet: the area fills the page and explains itself. */
  large: boolean
  children: ReactNode
}

/** The whole page takes what is dropped on it; a strip on top says so, and has the buttons. */
export function DropArea({ large, children }: DropAreaProps) {
  const { t } = useTranslation('studio')
  const { startAtOnce } = usePreferences()
  const take = usePick()
  const words = { files: t('drop.files'), folder: t('drop.folder'), now: t('drop.now') }
  return (
    <DropZone accept={ACCEPT} take={take} words={words} primary={large}>
      {buttons => (
        <>
          <div className={large ? 'grid flex-1 place-items-center overflow-y-auto p-5' : 'p-4 pb-0 md:p-5 md:pb-0'}>
            {large ? (
              <div className="flex w-full max-w-2xl flex-col items-center gap-5 rounded-lg border-[1.5px] border-dashed border-line px-6 py-14 text-center">
                <Upload aria-hidden className="size-11 text-light" strokeWidth={1.4} />
                <div>
                  <h2 className="text-[20px] font-semibold tracking-[-0.01em]">{t('drop.title')}</h2>
                  <p className="mt-1 text-ink-2">{t(startAtOnce ? 'drop.hint' : 'drop.hint_wait')}</p>
                </div>
                {buttons}
                <SampleButton />
                <ol className="flex max-w-md flex-col gap-1.5 text-left text-[13px] text-ink-2">
                  {(['welcome_1', 'welcome_2', 'welcome_3'] as const).map((line, index) => (
                    <li key={line} className="flex gap-3">
                      <span aria-hidden className="text-ink-3">
                        {index + 1}
                      </span>
                      {t(`drop.${line}`)}
                    </li>
                  ))}
                </ol>
              </div>
            ) : (
              <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border-[1.5px] border-dashed border-line px-5 py-4">
                <Upload aria-hidden className="size-8 shrink-0 text-light max-md:hidden" strokeWidth={1.5} />
                <div className="mr-auto min-w-0">
                  <p className="font-semibold">{t('drop.title')}</p>
                  <p className="text-ink-2 max-md:hidden">{t(startAtOnce ? 'drop.hint' : 'drop.hint_wait')}</p>
                </div>
                {buttons}
              </div>
            )}
          </div>
          {!large && children}
        </>
      )}
    </DropZone>
  )
}
