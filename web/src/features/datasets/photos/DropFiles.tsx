import { FolderOpen, ImagePlus, Upload } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useDropzone } from 'react-dropzone'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
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
  const folder = useRef<HTMLInputElement>(null)
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
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
  return (
    <div
      {...getRootProps({ className: 'relative flex min-h-0 flex-1 flex-col', role: undefined, tabIndex: undefined })}
    >
      <input {...getInputProps({ accept: ACCEPT, 'aria-hidden': true })} />
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
          </div>
          {children}
        </div>
      </div>
      {isDragActive && (
        <div className="pointer-events-none absolute inset-2 z-30 grid place-items-center rounded-lg border-2 border-light bg-light-soft text-[20px] font-semibold backdrop-blur-xs">
          {t('drop.now')}
        </div>
      )}
    </div>
  )
}
