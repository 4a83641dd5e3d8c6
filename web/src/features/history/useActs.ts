import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { wordsFor } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import { getTask } from '@/lib/calls/getTask'
import { pinTask } from '@/lib/calls/pinTask'
import { downloadFrom } from '@/lib/download'
import { draftOfTask, setDraft } from '@/lib/draft'
import { toast } from '@/lib/toasts'
import type { Acts } from './acts'
import { repeatTask } from './api/repeatTask'
import { useRowChanges } from './useRowChanges'

/** What the page itself does when something is chosen or is to be deleted. */
type OfPage = Pick<Acts, 'choose' | 'focus' | 'remove' | 'gone'>

/** Browsers drop downloads that follow each other too closely. */
const BETWEEN_DOWNLOADS_MS = 400

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const tellBad = (error: unknown) => toast(wordsFor(error), { bad: true })

/** What can be done with photos; the object stays the same, so that no photo is drawn anew for it. */
export function useActs(page: OfPage): Acts {
  const { t } = useTranslation('history')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { change } = useRowChanges()
  const now = useRef({ page, t, navigate, change })
  now.current = { page, t, navigate, change }
  return useMemo<Acts>(() => {
    const show = (taskId: string) => void now.current.navigate({ to: '/photos/$taskId', params: { taskId } })
    return {
      choose: (id, range) => now.current.page.choose(id, range),
      focus: id => now.current.page.focus(id),
      remove: rows => now.current.page.remove(rows),
      gone: ids => now.current.page.gone(ids),
      open: row =>
        row.dataset === null
          ? show(row.id)
          : void now.current.navigate({ to: '/datasets/$datasetId', params: { datasetId: row.dataset } }),
      report: row => void now.current.navigate({ to: '/reports/photos/$taskId', params: { taskId: row.id } }),
      again: row =>
        void repeatTask(row.id).then(task => {
          const action = { label: now.current.t('show'), do: () => show(task.task_id) }
          toast(now.current.t('again_done', { name: row.name }), { action })
        }, tellBad),
      // The list cuts long texts short, so the task is asked for what it was told.
      takeSettings: row =>
        void getTask(row.id).then(task => {
          setDraft(draftOfTask(task.params))
          toast(now.current.t('use_done', { name: row.name }))
          void now.current.navigate({ to: '/' })
        }, tellBad),
      pin: async (rows, pinned) => {
        for (const row of rows.filter(one => one.pinned !== pinned)) {
          try {
            queries.setQueryData(keys.task(row.id), await pinTask(row.id, pinned))
            now.current.change([row.id], one => ({ ...one, pinned }))
          } catch (error) {
            tellBad(error)
          }
        }
      },
      download: async rows => {
        for (const [index, row] of rows.filter(one => one.result !== null).entries()) {
          if (index > 0) await pause(BETWEEN_DOWNLOADS_MS)
          await downloadFrom(row.result ?? '').catch(tellBad)
        }
      },
    }
  }, [queries])
}
