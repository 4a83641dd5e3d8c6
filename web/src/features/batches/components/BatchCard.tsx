import { Link, useNavigate } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '@/components/ui/IconButton'
import { Progress } from '@/components/ui/Progress'
import { bytes, number, percent, seconds, time } from '@/lib/format'
import type { Batch } from '../api/listBatches'
import { elapsed, openOnes } from '../sums'
import { useBatchActs } from '../useBatchActs'
import { usePresetNames } from '../usePresetNames'
import { BatchMenu } from './BatchMenu'
import { askToCancel, BatchQuestions, type Question } from './BatchQuestions'
import { BatchState } from './BatchState'
import { Counts } from './Counts'
import { Covers } from './Covers'

/** A batch in the list of batches. */
export function BatchCard({ batch }: { batch: Batch }) {
  const { t } = useTranslation('batches')
  const navigate = useNavigate()
  const names = usePresetNames()
  const acts = useBatchActs(batch.batch_task_id)
  const [question, setQuestion] = useState<Question>(null)
  const here = { batchId: batch.batch_task_id }
  const count = batch.total - batch.deleted
  const open = openOnes(batch) > 0
  const title = t('photos', { count, shown: number(count) })
  return (
    <article
      aria-label={`${title}, ${time(batch.created_at)}`}
      className="relative grid grid-cols-[84px_minmax(0,1fr)_auto] items-center gap-x-4 overflow-hidden rounded-md border border-line-soft bg-surface pr-2 transition-colors focus-within:border-ink-3 hover:border-ink-3 md:grid-cols-[112px_minmax(0,1fr)_auto]"
    >
      <div className="h-[84px] overflow-hidden">
        <Covers paths={batch.covers} />
      </div>
      <div className="min-w-0 py-2.5">
        <div className="flex min-w-0 items-center gap-2.5">
          <Link
            to="/batches/$batchId"
            params={here}
            className="min-w-0 truncate font-semibold after:absolute after:inset-y-0 after:left-0 after:right-24"
          >
            {title}
            {batch.presets.length > 0 && (
              <span className="font-normal text-ink-2"> · {batch.presets.map(names).join(', ')}</span>
            )}
          </Link>
          <BatchState status={batch.status} />
        </div>
        <Counts batch={batch} />
        <p className="truncate text-fact text-ink-3">
          {[
            time(batch.created_at),
            open
              ? batch.eta_seconds !== null && t('eta', { time: seconds(batch.eta_seconds) })
              : t('took', { time: seconds(elapsed(batch)) }),
            batch.bytes !== null && bytes(batch.bytes),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <div className="relative flex items-center">
        {open && <span className="mr-2 text-fact text-light-text max-sm:hidden">{percent(batch.progress)}</span>}
        <IconButton
          label={batch.completed === count ? t('download') : t('download_ready', { shown: number(batch.completed) })}
          off={batch.completed > 0 ? null : t('download_off')}
          icon={<Download aria-hidden className="size-[18px]" />}
          onClick={acts.download}
        />
        <BatchMenu
          batch={batch}
          acts={acts}
          onOpen={() => void navigate({ to: '/batches/$batchId', params: here })}
          onCancel={() => askToCancel(batch, acts, () => setQuestion('cancel'))}
          onDelete={() => setQuestion('delete')}
        />
      </div>
      {open && <Progress label={title} share={batch.progress} className="absolute inset-x-0 bottom-0" />}
      <BatchQuestions batch={batch} question={question} acts={acts} onClose={() => setQuestion(null)} />
    </article>
  )
}
