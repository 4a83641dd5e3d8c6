import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { wordsFor } from '@/lib/api/errors'
import { toast } from '@/lib/toasts'
import { datasetOptions } from '../api/datasets'
import { type Choice, decideMany, type Item } from '../api/items'
import { useItemChanges } from './useItems'

/** Decides of photos at once on the page, then at the service; what was decided can be taken back. */
export function useDeciding(id: string) {
  const { t } = useTranslation('datasets')
  const queries = useQueryClient()
  const change = useItemChanges(id)

  const send = useCallback(
    async (items: readonly Item[], choice: Choice) => {
      change(items.map(one => ({ ...one, choice: { ...one.choice, ...choice } })))
      try {
        change(
          await decideMany(
            id,
            items.map(one => one.item_id),
            choice,
          ),
        )
      } catch (error) {
        change(items)
        toast(wordsFor(error), { bad: true })
        return false
      }
      // What has to be built again follows from it.
      void queries.invalidateQueries({ queryKey: datasetOptions(id).queryKey, exact: true })
      return true
    },
    [id, change, queries],
  )

  const undo = useCallback(
    async (before: readonly Item[]) => {
      for (const keep of [true, false, null]) {
        const same = before.filter(one => one.choice.keep === keep)
        if (same.length > 0) await send(same, { keep })
      }
    },
    [send],
  )

  return useCallback(
    async (items: readonly Item[], keep: boolean | null) => {
      const others = items.filter(one => one.choice.keep !== keep)
      if (others.length === 0 || !(await send(others, { keep }))) return
      const what = keep === null ? 'back' : keep ? 'keep' : 'drop'
      toast(t(`decided.${what}`, { count: others.length, name: others[0]?.name ?? '' }), {
        action: { label: t('common:undo'), do: () => void undo(others) },
      })
    },
    [send, undo, t],
  )
}
