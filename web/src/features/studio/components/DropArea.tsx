import { FolderOpen, ImagePlus, Upload } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useDropzone } from 'react-dropzone'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { usePreferences } from '@/lib/preferences'
import { ACCEPTED } from '../uploads/picking'
import { usePick } from '../usePick'
import { SampleButton } from './SampleButton'

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
  const folder = useRef<HTMLInputElement>(null)
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    // What is no photo is told by name, and not silently left out.
    onDrop: (accepted, rejected) => take([...accepted, ...rejected.map(one => one.file)]),
  })
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length > 0) take(files)
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  }, [take])

  const buttons = (
    <div className="flex flex-wrap justify-center gap-2">
      <Button look={large ? 'primary' : 'plain'} onClick={open} icon={<ImagePlus className="size-4" />}>
        {t('drop.files')}
      </Button>
      <Button
        className="pointer-coarse:hidden"
        onClick={() => folder.current?.click()}
        icon={<FolderOpen className="size-4" />}
      >
        {t('drop.folder')}
      </Button>
    </div>
  )
  return (
    <div
      {...getRootProps({ className: 'relative flex min-h-0 flex-1 flex-col', role: undefined, tabIndex: undefined })}
    >
      <input {...getInputProps({ accept: Object.values(ACCEPTED).flat().join(','), 'aria-hidden': true })} />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label={t('drop.folder')}
        {...{ webkitdirectory: '' }}
        onChange={event => {
          take([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
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
      {isDragActive && (
        <div className="pointer-events-none absolute inset-2 z-30 grid place-items-center rounded-lg border-2 border-light bg-light-soft text-[20px] font-semibold backdrop-blur-xs">
          {t('drop.now')}
        </div>
      )}
    </div>
  )
}
