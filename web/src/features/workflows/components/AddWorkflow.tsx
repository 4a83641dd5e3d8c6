import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { useCheckWorkflow } from '@/features/workflows/api/checkWorkflow'
import { useSaveWorkflow } from '@/features/workflows/api/saveWorkflow'
import { Found } from '@/features/workflows/components/Found'
import { PickFiles } from '@/features/workflows/components/PickFiles'
import { refusalWords } from '@/features/workflows/words'
import { type GraphFile, isName, nameFor } from '@/features/workflows/workflowFiles'
import type { Workflow } from '@/lib/data/offers'
import { toast } from '@/lib/toasts'

interface AddWorkflowProps {
  workflows: readonly Workflow[]
  /** Name of the own one that another file shall take the place of; empty = a new one. */
  replaces: string
  onClose: () => void
}

/** Take in a file that ComfyUI exported: it is looked at by the service before it is kept. */
export function AddWorkflow({ workflows, replaces, onClose }: AddWorkflowProps) {
  const { t } = useTranslation('workflows')
  const [graph, setGraph] = useState<GraphFile | null>(null)
  const [roles, setRoles] = useState<GraphFile | null>(null)
  const [typed, setTyped] = useState(replaces)
  const [asking, setAsking] = useState(false)
  const check = useCheckWorkflow()
  const save = useSaveWorkflow()
  const name = typed.trim()
  const same = workflows.find(one => one.name === name)

  const take = (nextGraph: GraphFile | null, nextRoles: GraphFile | null) => {
    setGraph(nextGraph)
    setRoles(nextRoles)
    save.reset()
    if (nextGraph && !typed) setTyped(nameFor(nextGraph.file))
    if (nextGraph) check.mutate({ graph: nextGraph, roles: nextRoles })
  }
  const keep = () => {
    if (!graph) return
    const onSuccess = () => {
      toast(t('saved', { name }))
      onClose()
    }
    save.mutate({ name, files: { graph, roles } }, { onSuccess })
  }
  const off = !graph
    ? t('off.file')
    : check.data?.usable !== true
      ? t(check.isPending ? 'off.checking' : 'off.unusable')
      : !isName(name) && t('name_help')
  return (
    <>
      <Dialog
        wide
        open
        onClose={onClose}
        title={replaces ? t('replace_of', { name: replaces }) : t('add')}
        about={t('add_about')}
        actions={
          <>
            <Button onClick={onClose}>{t('common:cancel')}</Button>
            <Button
              look="primary"
              off={off}
              busy={save.isPending}
              onClick={() => (same?.own ? setAsking(true) : keep())}
            >
              {t(same?.own ? 'replace_now' : 'common:save')}
            </Button>
          </>
        }
      >
        <PickFiles graph={graph} roles={roles} onPick={take} />
        {graph && <Found graph={graph} found={check.data} error={check.error} />}
        <Field
          label={t('name')}
          value={typed}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          help={same ? t(same.own ? 'name_own' : 'name_shipped') : t('name_help')}
          wrong={name !== '' && !isName(name) ? t('name_help') : undefined}
          onChange={event => {
            setTyped(event.target.value)
            save.reset()
          }}
        />
        {save.error && (
          <p role="alert" className="text-[13px] break-words text-bad">
            {refusalWords(save.error)}
          </p>
        )}
      </Dialog>
      <Confirm
        open={asking}
        title={t('replace_title', { name })}
        about={t('replace_about')}
        action={t('replace_now')}
        onConfirm={keep}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
