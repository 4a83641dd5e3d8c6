import { Upload } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { DropZone } from '@/components/DropZone'
import { ACCEPT } from '../picked'
import { useTakeFiles } from './useTakeFiles'

interface DropFilesProps {
  /** Id of the dataset. */
  id: string
  /** Nothing is here yet: the area explains itself. */
  large: boolean
  children: ReactNode
}

/** Takes photos and ZIPs that are dropped anywhere on it, pasted, or chosen. */
export function DropFiles({ id, large, children }: DropFilesProps) {
  const { t } = useTranslation('datasets')
  const take = useTakeFiles(id)
  const words = { files: t('drop.files'), folder: t('drop.folder'), now: t('drop.now') }
  return (
    <DropZone accept={ACCEPT} take={take} words={words} primary={large}>
      {buttons => (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
          <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto p-4 outline-none md:p-5">
            <div className="mx-auto flex max-w-3xl flex-col gap-5">
              <div
                className={`flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border-[1.5px] border-dashed border-line ${large ? 'flex-col px-6 py-12 text-center' : 'px-5 py-4'}`}
              >
                <Upload
                  aria-hidden
                  className={`shrink-0 text-light ${large ? 'size-11' : 'size-8 max-md:hidden'}`}
                  strokeWidth={1.4}
                />
                <div className={large ? 'max-w-md' : 'mr-auto min-w-0 flex-1'}>
                  <h2 className={large ? 'text-[20px] font-semibold tracking-[-0.01em]' : 'font-semibold'}>
                    {t('drop.title')}
                  </h2>
                  <p className={large ? 'mt-1 text-ink-2' : 'text-ink-2 max-md:hidden'}>{t('drop.hint')}</p>
                </div>
                {buttons}
              </div>
              {children}
            </div>
          </div>
        </>
      )}
    </DropZone>
  )
}
