import {
  CircleCheck,
  Download,
  ExternalLink,
  FileText,
  PackageOpen,
  ShieldAlert,
  ShieldCheck,
  TriangleAlert,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Empty } from '@/components/ui/Empty'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { wordsFor } from '@/lib/api/errors'
import { downloadFrom } from '@/lib/download'
import { bytes, number, time } from '@/lib/format'
import { toast } from '@/lib/toasts'
import type { Dataset } from '../api/datasets'
import { useLedger } from '../api/results'
import { ReportLink } from './ReportLink'

type Export = Dataset['exports'][number]

const SHOWN = 5
const ROWS = 200
const fetchFile = (path: string) => void downloadFrom(path).catch(error => toast(wordsFor(error), { bad: true }))

/** Finished training sets, the report, and what left the machine. */
export function ResultSection({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets')
  const { exports, download_url: all, report_url: report, pdf_url: pdf } = dataset
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto p-4 outline-none md:p-5">
      <div className="mx-auto flex max-w-4xl flex-col gap-5">
        {exports.length === 0 ? (
          <Empty icon={<PackageOpen />} title={t('result.none')} hint={t('result.none_hint')} />
        ) : (
          <>
            <div className="flex flex-wrap gap-2">
              <Button
                look="primary"
                off={all ? null : t('result.none')}
                icon={<Download aria-hidden className="size-4" />}
                onClick={() => all && fetchFile(all)}
              >
                {t('result.all')}
              </Button>
              {report && (
                <ReportLink path={report} icon={<ExternalLink aria-hidden className="size-4" />}>
                  {t('result.report')}
                </ReportLink>
              )}
              {pdf && (
                <Button icon={<FileText aria-hidden className="size-4" />} onClick={() => fetchFile(pdf)}>
                  {t('result.pdf')}
                </Button>
              )}
            </div>
            <ul aria-label={t('section.result')} className="grid gap-4 sm:grid-cols-2">
              {exports.map(one => (
                <li key={one.layout}>
                  <FinishedSet set={one} />
                </li>
              ))}
            </ul>
          </>
        )}
        <Ledger dataset={dataset} />
      </div>
    </div>
  )
}

function FinishedSet({ set }: { set: Export }) {
  const { t } = useTranslation('datasets')
  const name = t(`layouts.${set.layout}`, { defaultValue: set.layout })
  const clean = set.problems.length === 0
  return (
    <article aria-label={name} className="flex h-full flex-col gap-2 rounded-md border border-line-soft bg-surface p-4">
      <div className="flex items-center gap-2">
        <h2 className="mr-auto font-semibold">{name}</h2>
        <Button
          small
          aria-label={t('result.download_of', { name })}
          icon={<Download aria-hidden className="size-4" />}
          onClick={() => fetchFile(set.download_url)}
        >
          {t('common:download')}
        </Button>
      </div>
      <p className="text-fact text-ink-3">{t(`layout_about.${set.layout}`, { defaultValue: '' })}</p>
      <p className="text-[13px]">{t('result.pictures', { count: set.pictures, shown: number(set.pictures) })}</p>
      <p className={`flex items-center gap-1.5 text-[13px] ${clean ? 'text-good' : 'text-bad'}`}>
        {clean ? (
          <CircleCheck aria-hidden className="size-4 shrink-0" />
        ) : (
          <TriangleAlert aria-hidden className="size-4 shrink-0" />
        )}
        {clean ? t('result.clean') : t('result.problems', { count: set.problems.length })}
      </p>
      {!clean && (
        <ul className="list-disc pl-5 text-fact break-words text-bad">
          {set.problems.slice(0, SHOWN).map(one => (
            <li key={one}>{one}</li>
          ))}
          {set.problems.length > SHOWN && <li>{t('skipped_more', { shown: number(set.problems.length - SHOWN) })}</li>}
        </ul>
      )}
    </article>
  )
}

function Ledger({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets')
  const { data, error, isPending, refetch } = useLedger(dataset.dataset_id)
  const nothing = data?.length === 0 && dataset.sent_bytes === 0
  return (
    <section aria-labelledby="ledger" className="rounded-md border border-line-soft bg-surface p-4 md:p-5">
      <h2 id="ledger" className="font-semibold">
        {t('ledger.title')}
      </h2>
      {error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton className="mt-3 h-10" />
      ) : nothing ? (
        <p className="mt-2 flex items-center gap-2 text-good">
          <ShieldCheck aria-hidden className="size-[18px] shrink-0" />
          {t('ledger.nothing')}
        </p>
      ) : (
        <>
          <p className="mt-2 flex items-center gap-2 text-amber">
            <ShieldAlert aria-hidden className="size-[18px] shrink-0" />
            {t('ledger.sent', { bytes: bytes(dataset.sent_bytes) })}
          </p>
          <div className="mt-3 max-h-96 overflow-auto">
            <table className="w-full text-left text-fact">
              <thead className="sticky top-0 bg-surface text-ink-3">
                <tr>
                  {(['at', 'host', 'what', 'bytes'] as const).map(name => (
                    <th key={name} scope="col" className="py-1 pr-4 font-normal last:pr-0 last:text-right">
                      {t(`ledger.${name}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {data?.slice(0, ROWS).map((row, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two may be the same in all they tell
                  <tr key={index} className="border-t border-line-soft">
                    <td className="py-1 pr-4 whitespace-nowrap">{time(row.at)}</td>
                    <td className="py-1 pr-4 break-all">{row.host}</td>
                    <td className="py-1 pr-4">{row.what}</td>
                    <td className="py-1 text-right whitespace-nowrap">{bytes(row.bytes)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  )
}
