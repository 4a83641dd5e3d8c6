import { Link } from '@tanstack/react-router'
import { Download, FileText, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { IconButton } from '@/components/ui/IconButton'
import { wordsFor } from '@/lib/api/errors'
import { downloadFrom } from '@/lib/download'
import { number } from '@/lib/format'
import { setTable } from '@/lib/table'
import { toast } from '@/lib/toasts'
import { uploads } from '../uploads/desk'
import type { OnTable } from '../useOnTable'

/** What can be done with all photos on the table. */
export function TableActions({ onTable }: { onTable: OnTable }) {
  const { t } = useTranslation('studio')
  const [asking, setAsking] = useState(false)
  const { batch, tasks, empty, summary } = onTable
  if (empty) return null
  const ready = summary?.completed ?? tasks.filter(task => task.status === 'completed').length

  const clear = () => {
    uploads.clear()
    setTable(null)
    toast(t('cleared'), batch ? { action: { label: t('common:undo'), do: () => setTable(batch) } } : {})
  }
  const download = () => {
    const path = `/api/v1/batch/download/${batch}?partial=1`
    downloadFrom(path).catch(error => toast(wordsFor(error), { bad: true }))
  }
  return (
    <>
      <IconButton
        label={t('clear')}
        icon={<Trash2 className="size-[18px]" />}
        onClick={() => (onTable.uploads.length > 0 ? setAsking(true) : clear())}
      />
      {batch && ready > 0 && (
        <Link
          to="/reports/batches/$batchId"
          params={{ batchId: batch }}
          className="flex h-9 items-center gap-2 rounded-sm px-3 font-[550] text-ink-2 hover:bg-raised hover:text-ink"
        >
          <FileText aria-hidden className="size-4" />
          <span className="max-md:sr-only">{t('report')}</span>
        </Link>
      )}
      <Button off={ready === 0 && t('download_none')} onClick={download} icon={<Download className="size-4" />}>
        {t('download_ready', { count: number(ready) as never })}
      </Button>
      <Confirm
        open={asking}
        title={t('clear_uploads')}
        about={t('clear_uploads_about', { count: onTable.uploads.length })}
        action={t('clear')}
        onConfirm={clear}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
