import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Progress } from '@/components/ui/Progress'
import { bytes, number, percent, seconds, time } from '@/lib/format'
import type { Batch } from '../api/listBatches'
import { elapsed, openOnes } from '../sums'
import { Counts } from './Counts'

type Fact = [name: string, value: string]

/** A batch in figures: how far it is, how long it takes and took, how much it made. */
export function Totals({ batch }: { batch: Batch }) {
  const { t } = useTranslation('batches')
  const open = openOnes(batch) > 0
  const now = useNow(open)
  const ended = batch.completed + batch.failed + batch.cancelled
  const left = batch.eta_seconds === null ? t('unknown') : t('about', { time: seconds(batch.eta_seconds) })
  const facts: Fact[] = [
    [t('fact.elapsed'), seconds(elapsed(batch, now))],
    ...(open ? [[t('fact.eta'), left] satisfies Fact] : []),
    [t('fact.work'), seconds(batch.seconds)],
    [t('fact.bytes'), batch.bytes === null ? t('common:none') : bytes(batch.bytes)],
    [t('fact.made'), time(batch.created_at)],
  ]
  return (
    <section aria-label={t('totals')} className="flex flex-col gap-2.5">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <p className="text-[22px] leading-tight font-semibold tracking-[-0.01em]">
          {open ? percent(batch.progress) : t('of_done', { done: number(batch.completed), total: number(batch.total) })}
        </p>
        {open && (
          <p className="text-ink-2">
            {t('ended_of', { ended: number(ended), total: number(batch.total - batch.deleted) })}
          </p>
        )}
        <Counts batch={batch} withoutDone={!open} />
      </div>
      <Progress
        label={t('progress')}
        share={batch.progress}
        tone={open ? 'light' : batch.completed > 0 ? 'good' : 'bad'}
        className="h-1.5! rounded-full"
      />
      <dl className="grid grid-cols-2 gap-x-6 gap-y-1.5 text-fact sm:flex sm:flex-wrap">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-24">
            <dt className="text-ink-3">{name}</dt>
            <dd className="font-[550]">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** The time, going on every second while somebody waits for something. */
function useNow(going: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!going) return
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [going])
  return now
}
