import { useTranslation } from 'react-i18next'
import { roleWords } from '@/features/workflows/words'
import type { GraphFile } from '@/features/workflows/workflowFiles'
import type { Schemas } from '@/lib/api/client'
import { wordsFor } from '@/lib/api/errors'

interface FoundProps {
  graph: GraphFile
  /** What the service found; nothing while it looks. */
  found: Schemas['WorkflowCheck'] | undefined
  error: unknown
}

/** What the service finds in a file: whether it can be used, what for, and what a server must have. */
export function Found({ graph, found, error }: FoundProps) {
  const { t } = useTranslation('workflows')
  if (error) return <Told bad>{wordsFor(error)}</Told>
  if (!found) return <Told>{t('checking')}</Told>
  if (!found.usable)
    // The service does not know how the file is called.
    return <Told bad>{(found.error ?? '').replace(/^workflow\.json/, graph.file)}</Told>
  return (
    <div role="status" className="text-[13px]">
      <p className="text-good">{t('usable')}</p>
      <p className="text-ink-2">{t('places', { roles: found.roles.map(roleWords).join(t('comma')) })}</p>
      <details className="text-fact text-ink-3">
        <summary>{t('classes', { count: found.classes.length })}</summary>
        <p className="mt-1 break-words">{found.classes.join(t('comma'))}</p>
      </details>
    </div>
  )
}

function Told({ bad = false, children }: { bad?: boolean; children: string }) {
  return (
    <p role={bad ? 'alert' : 'status'} className={`text-[13px] break-words ${bad ? 'text-bad' : 'text-ink-3'}`}>
      {children}
    </p>
  )
}
