import { FolderOpen, ImagePlus } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useDropzone } from 'react-dropzone'
import { Button } from '@/components/ui/Button'

interface DropZoneProps {
  /** What may be chosen, as the attribute of an input has it. */
  accept: string
  /** Takes all that came; what is none of it is told by name there, and not silently left out. */
  take: (files: File[]) => void
  words: { files: string; folder: string; now: string }
  /** To choose files is what one comes here for. */
  primary: boolean
  /** What lies in the zone; the buttons find their place in it. */
  children: (buttons: ReactNode) => ReactNode
}

/** Takes files that are dropped anywhere on it, pasted, or chosen, one by one or as a folder. */
export function DropZone({ accept, take, words, primary, children }: DropZoneProps) {
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
      <input {...getInputProps({ accept, 'aria-hidden': true })} />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label={words.folder}
        {...{ webkitdirectory: '' }}
        onChange={event => {
          take([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      {children(
        <div className="flex flex-wrap justify-center gap-2">
          <Button look={primary ? 'primary' : 'plain'} onClick={open} icon={<ImagePlus className="size-4" />}>
            {words.files}
          </Button>
          <Button
            className="pointer-coarse:hidden"
            onClick={() => folder.current?.click()}
            icon={<FolderOpen className="size-4" />}
          >
            {words.folder}
          </Button>
        </div>,
      )}
      {isDragActive && (
        <div className="pointer-events-none absolute inset-2 z-30 grid place-items-center rounded-lg border-2 border-light bg-light-soft text-[20px] font-semibold backdrop-blur-xs">
          {words.now}
        </div>
      )}
    </div>
  )
}
