import { Ellipsis, Replace, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { IconButton } from '@/components/ui/IconButton'
import { Menu } from '@/components/ui/Menu'
import { Tag } from '@/components/ui/Tag'
import { useDeleteWorkflow } from '@/features/workflows/api/deleteWorkflow'
import { Graph } from '@/features/workflows/components/Graph'
import { Runs } from '@/features/workflows/components/Runs'
import { refusalWords, roleWords } from '@/features/workflows/words'
import type { Workflow } from '@/lib/data/offers'
import { useMay } from '@/lib/data/useSession'
import { workflowSummary } from '@/lib/i18n/service'
import { toast } from '@/lib/toasts'

interface WorkflowRowProps {
  workflow: Workflow
  onReplace: () => void
}

/** A workflow: what it does, what there are places for in it, and who can run it. */
export function WorkflowRow({ workflow, onReplace }: WorkflowRowProps) {
  const { t } = useTranslation('workflows')
  const [opened, setOpened] = useState<'graph' | 'delete' | null>(null)
  const remove = useDeleteWorkflow()
  const may = useMay('operate')
  const { name } = workflow
  const gone = () =>
    remove.mutate(name, {
      onSuccess: () => toast(t('deleted', { name })),
      onError: error => toast(refusalWords(error), { bad: true }),
    })
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <h3 className="flex flex-wrap items-baseline gap-2 font-[550]">
          <span className="break-all">{name}</span>
          {workflow.replaces_shipped && <Tag>{t('replaces_shipped')}</Tag>}
        </h3>
        {workflow.description && <p className="text-[13px] text-ink-2">{workflowSummary(workflow)}</p>}
        {workflow.error ? (
          <p className="text-fact break-words text-bad">
            {t('unusable')}: {workflow.error}
          </p>
        ) : (
          <>
            <p className="text-fact text-ink-3">
              {t('places', { roles: workflow.roles.map(roleWords).join(t('comma')) })}
            </p>
            <Runs servers={workflow.servers} />
          </>
        )}
      </div>
      <div className="flex items-center gap-1">
        <Button small aria-label={t('show_of', { name })} onClick={() => setOpened('graph')}>
          {t('show')}
        </Button>
        {workflow.own && may && (
          <Menu
            items={[
              {
                label: t('replace'),
                icon: <Replace aria-hidden className="size-4 text-ink-3" />,
                onSelect: onReplace,
              },
              {
                label: t('common:delete'),
                icon: <Trash2 aria-hidden className="size-4" />,
                danger: true,
                onSelect: () => setOpened('delete'),
              },
            ]}
          >
            <IconButton
              small
              label={t('more', { name })}
              busy={remove.isPending}
              icon={<Ellipsis className="size-4" />}
            />
          </Menu>
        )}
      </div>
      <Graph name={name} open={opened === 'graph'} onClose={() => setOpened(null)} />
      <Confirm
        open={opened === 'delete'}
        title={t('delete_title', { name })}
        about={t(workflow.replaces_shipped ? 'delete_about_shipped' : 'delete_about')}
        action={t('common:delete')}
        onConfirm={gone}
        onClose={() => setOpened(null)}
      />
    </li>
  )
}
