import { Copy } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { useWorkflow } from '@/features/workflows/api/getWorkflow'
import { toast } from '@/lib/toasts'

interface GraphProps {
  name: string
  open: boolean
  onClose: () => void
}

/** The graph of a workflow, to read and to copy. */
export function Graph({ name, open, onClose }: GraphProps) {
  const { t } = useTranslation('workflows')
  const { data, error, refetch } = useWorkflow(name, open)
  const text = data?.workflow ? JSON.stringify(data.workflow, null, 2) : null
  return (
    <Dialog
      wide
      open={open}
      onClose={onClose}
      title={name}
      about={t('graph_about')}
      actions={
        text !== null && (
          <Button icon={<Copy aria-hidden className="size-4" />} onClick={() => void copy(text, t('common:copied'))}>
            {t('common:copy')}
          </Button>
        )
      }
    >
      {error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-72" />
      ) : text === null ? (
        <p className="text-[13px] text-bad">{data.error ?? t('no_graph')}</p>
      ) : (
        <section
          aria-label={t('graph')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
          tabIndex={0}
          className="max-h-[56dvh] overflow-auto rounded-sm border border-line bg-ground p-3"
        >
          <pre className="text-fact select-text">{text}</pre>
        </section>
      )}
    </Dialog>
  )
}

async function copy(text: string, told: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast(told)
  } catch {
    // Pages that are not secure may not; the text can be selected.
  }
}
