import { useQuery } from '@tanstack/react-query'
import { FilePlus, Workflow as Icon } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Button } from '@/components/ui/Button'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { AddWorkflow } from '@/features/workflows/components/AddWorkflow'
import { WorkflowRow } from '@/features/workflows/components/WorkflowRow'
import { type Workflow, workflowsOptions } from '@/lib/data/offers'
import { useComfy } from '@/lib/data/useComfy'
import { useMay } from '@/lib/data/useSession'

const AGAIN_MS = 10_000

/** The workflows of ComfyUI: which there are, what servers lack for them, and one's own. */
export function WorkflowsPage() {
  const { t } = useTranslation('workflows')
  const [adding, setAdding] = useState<string | null>(null)
  // What servers have changes by itself.
  const { data: workflows, error, refetch } = useQuery({ ...workflowsOptions, refetchInterval: AGAIN_MS })
  const comfy = useComfy(AGAIN_MS).data
  const may = useMay('operate')
  const own = workflows?.filter(one => one.own) ?? []
  const add = (
    <Button
      icon={<FilePlus aria-hidden className="size-4" />}
      off={!may && t('common:not_allowed.operate')}
      onClick={() => setAdding('')}
    >
      {t('add')}
    </Button>
  )
  return (
    <Page title={t('title')} actions={workflows && add}>
      {!workflows && error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : !workflows ? (
        <Skeleton className="mx-auto h-96 max-w-5xl" />
      ) : (
        <div className="mx-auto flex max-w-5xl flex-col gap-6">
          {comfy?.servers.length === 0 && (
            <p className="rounded-md border border-line-soft bg-surface px-4 py-3 text-[13px] text-amber">
              {t('no_servers')}
            </p>
          )}
          <Section title={t('own')} about={t('own_about')}>
            {own.length > 0 ? <Rows workflows={own} onReplace={setAdding} /> : <None />}
          </Section>
          <Section title={t('shipped')} about={t('shipped_about')}>
            <Rows workflows={workflows.filter(one => !one.own)} onReplace={setAdding} />
          </Section>
        </div>
      )}
      {adding !== null && <AddWorkflow workflows={workflows ?? []} replaces={adding} onClose={() => setAdding(null)} />}
    </Page>
  )
}

function Section({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      <p className="mb-2 text-fact text-ink-3">{about}</p>
      {children}
    </section>
  )
}

function Rows({ workflows, onReplace }: { workflows: readonly Workflow[]; onReplace: (name: string) => void }) {
  return (
    <ul className="divide-y divide-line-soft rounded-md border border-line-soft bg-surface">
      {workflows.map(one => (
        <WorkflowRow key={one.name} workflow={one} onReplace={() => onReplace(one.name)} />
      ))}
    </ul>
  )
}

const STEPS = ['build', 'export', 'add', 'use'] as const

/** What workflows are for, and how one comes here. */
function None() {
  const { t } = useTranslation('workflows')
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-4 rounded-md border border-line-soft bg-surface p-5">
      <Icon aria-hidden className="size-10 shrink-0 text-ink-3" strokeWidth={1} />
      <div className="min-w-0 flex-1 basis-64">
        <p className="text-title font-semibold">{t('none')}</p>
        <p className="mt-1 text-[13px] text-ink-2">{t('none_hint')}</p>
        <ol className="mt-3 flex flex-col gap-1.5 text-[13px] text-ink-2">
          {STEPS.map((step, at) => (
            <li key={step} className="flex gap-3">
              <span aria-hidden className="text-ink-3">
                {at + 1}
              </span>
              {t(`steps.${step}`)}
            </li>
          ))}
        </ol>
      </div>
    </div>
  )
}
