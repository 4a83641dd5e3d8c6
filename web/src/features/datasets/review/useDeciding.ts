import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { wordsFor } from '@/lib/api/errors'
import { toast } from '@/lib/toasts'
import { datasetOptions } from '../api/datasets'
import { type Choice, decideMany, type Item } from '../api/items'
import { useItemChanges } from './useItems'

/** Decisions that follow each other closely: the service may take two at once in any order. */
let line: Promise<unknown> = Promise.resolve()
/** How many decisions of a photo are on their way. */
const open = new Map<string, number>()

/** Send a decision after those before it; gives the photos of which it is the last one. */
async function inLine(id: string, items: readonly Item[], choice: Choice): Promise<Item[]> {
  const ids = items.map(one => one.item_id)
  for (const one of ids) open.set(one, (open.get(one) ?? 0) + 1)
  const sent = line.then(() => decideMany(id, ids, choice))
  line = sent.catch(() => undefined)
  try {
    const fresh = await sent
    return fresh.filter(one => open.get(one.item_id) === 1)
  } finally {
    for (const one of ids) {
      const left = (open.get(one) ?? 1) - 1
      if (left > 0) open.set(one, left)
      else open.delete(one)
    }
  }
}

/** Decides of photos at once on the page, then at the service; what was decided can be taken back. */
export function useDeciding(id: string) {
  const { t } = useTranslation('datasets')
  const queries = useQueryClient()
  const change = useItemChanges(id)

  const send = useCallback(
    async (items: readonly Item[], choice: Choice) => {
      change(items.map(one => ({ ...one, choice: { ...one.choice, ...choice } })))
      try {
        change(await inLine(id, items, choice))
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
