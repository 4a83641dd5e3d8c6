import { FileJson, X } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { IconButton } from '@/components/ui/IconButton'
import { type GraphFile, isRoles, readGraphFile, WorkflowFileError } from '@/features/workflows/workflowFiles'

interface PickFilesProps {
  graph: GraphFile | null
  roles: GraphFile | null
  onPick: (graph: GraphFile | null, roles: GraphFile | null) => void
}

/** Where the file of a workflow is dropped or chosen, and beside it that of its roles. */
export function PickFiles({ graph, roles, onPick }: PickFilesProps) {
  const { t } = useTranslation('workflows')
  const [forGraph, forRoles] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)]
  const [over, setOver] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)

  const take = async (files: readonly File[], asRoles: (file: File) => boolean) => {
    setTrouble(null)
    const next = { graph, roles }
    for (const file of files) {
      try {
        next[asRoles(file) ? 'roles' : 'graph'] = await readGraphFile(file)
      } catch (error) {
        const why = error instanceof WorkflowFileError ? t(`trouble.${error.trouble}`) : String(error)
        setTrouble(t('trouble.of', { file: file.name, why }))
      }
    }
    if (next.graph !== graph || next.roles !== roles) onPick(next.graph, next.roles)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take([...event.dataTransfer.files], isRoles)
  }
  return (
    <>
      <section
        aria-label={t('files')}
        onDragOver={event => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={`flex flex-wrap items-center gap-3 rounded-md border-[1.5px] border-dashed px-4 py-4 ${over ? 'border-light bg-light-soft' : 'border-line'}`}
      >
        <input
          ref={forGraph}
          type="file"
          multiple
          hidden
          accept=".json,application/json"
          aria-label={t('choose')}
          onChange={event => void take(chosen(event.target), isRoles)}
        />
        <FileJson aria-hidden className="size-7 shrink-0 text-ink-3" strokeWidth={1.4} />
        <p className="min-w-0 flex-1 basis-40 text-[13px] break-words text-ink-2">{graph ? graph.file : t('drop')}</p>
        <Button small onClick={() => forGraph.current?.click()}>
          {t(graph ? 'choose_other' : 'choose')}
        </Button>
      </section>
      {trouble && (
        <p role="alert" className="text-[13px] break-words text-bad">
          {trouble}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-fact text-ink-3">
        <input
          ref={forRoles}
          type="file"
          hidden
          accept=".json,application/json"
          aria-label={t('choose_roles')}
          onChange={event => void take(chosen(event.target), () => true)}
        />
        <p className="min-w-0 flex-1 basis-52 break-words">{roles ? roles.file : t('roles_about')}</p>
        {roles && (
          <IconButton small label={t('no_roles')} icon={<X className="size-4" />} onClick={() => onPick(graph, null)} />
        )}
        <Button small look="ghost" onClick={() => forRoles.current?.click()}>
          {t('choose_roles')}
        </Button>
      </div>
    </>
  )
}

function chosen(input: HTMLInputElement): File[] {
  const files = [...(input.files ?? [])]
  // The same file can be chosen again after it was mended.
  input.value = ''
  return files
}
