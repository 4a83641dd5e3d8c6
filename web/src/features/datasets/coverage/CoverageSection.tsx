import { ChartNoAxesCombined, Lightbulb } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { number } from '@/lib/format'
import type { Dataset } from '../api/datasets'
import { type Coverage, useCoverage } from '../api/results'
import { factWords } from '../factWords'
import { said } from '../said'
import { Angles } from './Angles'
import { type Bar, Bars } from './Bars'

/** What the pictures show, and what is missing for a good LoRA. */
export function CoverageSection({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets')
  const { data, error, isPending, refetch } = useCoverage(dataset.dataset_id)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto p-4 outline-none md:p-5">
      {error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton className="mx-auto h-96 max-w-5xl" />
      ) : data === null || data.pictures === 0 ? (
        <Empty icon={<ChartNoAxesCombined />} title={t('coverage.none')} hint={t('coverage.none_hint')} />
      ) : (
        <Charts coverage={data} />
      )}
    </div>
  )
}

function Charts({ coverage }: { coverage: Coverage }) {
  const { t } = useTranslation('datasets')
  const named = (kind: string, shares: Coverage['shots']): Bar[] =>
    shares.map(one => ({ name: t(`coverage.${kind}.${one.name}`, { defaultValue: one.name }), count: one.count }))
  const spoken = (shares: Coverage['light']): Bar[] =>
    shares.map(one => ({ name: factWords(one.name), count: one.count }))
  const shots = named(
    'shot',
    coverage.shots.filter(one => one.name !== 'no_person' || one.count > 0),
  )
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-5">
      <section aria-labelledby="advice" className="rounded-md border border-line-soft bg-surface p-4 md:p-5">
        <h2 id="advice" className="flex items-center gap-2 font-semibold">
          <Lightbulb aria-hidden className="size-[18px] text-amber" strokeWidth={1.6} />
          {t('coverage.advice')}
        </h2>
        {coverage.advice.length === 0 ? (
          <p className="mt-2 text-good">{t('coverage.fine')}</p>
        ) : (
          <ul className="mt-2 flex list-disc flex-col gap-1.5 pl-5 text-[13px]">
            {coverage.advice.map(one => (
              <li key={one.name}>{said(one.words)}</li>
            ))}
          </ul>
        )}
        <p className="mt-3 text-fact text-ink-3">
          {t('coverage.counted', { count: coverage.pictures, shown: number(coverage.pictures) })}
          {coverage.enlarged > 0 &&
            ` · ${t('coverage.enlarged', { count: coverage.enlarged, shown: number(coverage.enlarged) })}`}
        </p>
      </section>
      <div className="grid items-start gap-4 md:grid-cols-2">
        <Bars title={t('coverage.shots')} bars={shots} gaps />
        <Angles title={t('coverage.angles')} coverage={coverage} />
        <Bars title={t('coverage.directions')} bars={named('direction', coverage.directions)} gaps />
        <Bars title={t('coverage.tilts')} bars={named('tilt', coverage.tilts)} gaps />
        <Bars title={t('coverage.expressions')} bars={spoken(coverage.expressions)} />
        <Bars title={t('coverage.light')} bars={spoken(coverage.light)} />
        <Bars title={t('coverage.backgrounds')} bars={spoken(coverage.backgrounds)} />
        <Bars title={t('coverage.clothes')} bars={spoken(coverage.clothes)} />
      </div>
    </div>
  )
}
