import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Switch } from '@/components/ui/Switch'
import { wordsFor } from '@/lib/api/errors'
import { number } from '@/lib/format'
import { toast } from '@/lib/toasts'
import { useSettled } from '@/lib/useSettled'
import { replaceInCaptions } from '../api/captions'
import { datasetOptions } from '../api/datasets'
import { type Item, itemsKey } from '../api/items'
import { captionOf } from './captionOf'
import { changedPart } from './changedPart'

interface ReplaceDialogProps {
  id: string
  items: readonly Item[]
  onClose: () => void
}

const TYPING_MS = 300
const SHOWN = 30

/** Search and replace in all captions: what would change is seen before it is saved. */
export function ReplaceDialog({ id, items, onClose }: ReplaceDialogProps) {
  const { t } = useTranslation('datasets')
  const queries = useQueryClient()
  const [find, setFind] = useState('')
  const [replace, setReplace] = useState('')
  const [wholeWords, setWholeWords] = useState(true)
  const asked = useSettled(JSON.stringify({ find, replace, wholeWords }), TYPING_MS)
  const preview = useQuery({
    queryKey: ['replaced', id, asked] as const,
    queryFn: () => replaceInCaptions(id, JSON.parse(asked), false),
    enabled: JSON.parse(asked).find !== '',
    staleTime: 0,
    retry: 0,
  })
  const save = useMutation({
    mutationFn: () => replaceInCaptions(id, { find, replace, wholeWords }, true),
    meta: { quiet: true },
    onSuccess: ({ changed }) => {
      const count = Object.keys(changed).length
      toast(t('captions.replaced', { count, shown: number(count) }))
      onClose()
      void queries.invalidateQueries({ queryKey: itemsKey(id) })
      return queries.invalidateQueries({ queryKey: datasetOptions(id).queryKey, exact: true })
    },
  })
  const settled = asked === JSON.stringify({ find, replace, wholeWords })
  const changed = find && preview.data ? preview.data.changed : {}
  const before = new Map(items.map(one => [one.item_id, one]))
  const count = Object.keys(changed).length
  const error = save.error ?? preview.error
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t('captions.replace')}
      about={t('captions.replace_about')}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button
            look="primary"
            busy={save.isPending || (find !== '' && !settled)}
            off={count > 0 ? null : t('captions.replace_none')}
            onClick={() => save.mutate()}
          >
            {count > 0 ? t('captions.replace_in', { count, shown: number(count) }) : t('captions.replace_do')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={t('captions.find')}
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
          value={find}
          onChange={event => setFind(event.target.value)}
        />
        <Field
          label={t('captions.replace_by')}
          help={t('captions.replace_by_help')}
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
          value={replace}
          onChange={event => setReplace(event.target.value)}
        />
      </div>
      <Switch label={t('captions.whole_words')} checked={wholeWords} onChange={setWholeWords} />
      {error && (
        <p role="alert" className="text-[13px] text-bad">
          {wordsFor(error)}
        </p>
      )}
      <div role="status" className="text-fact text-ink-3">
        {find &&
          preview.data &&
          (count > 0 ? t('captions.would', { count, shown: number(count) }) : t('captions.would_none'))}
      </div>
      {count > 0 && (
        <ul aria-label={t('captions.preview')} className="flex max-h-72 flex-col gap-2.5 overflow-y-auto text-[13px]">
          {Object.entries(changed)
            .slice(0, SHOWN)
            .map(([item, after]) => {
              const known = before.get(item)
              const [head, gone, come, tail] = changedPart((known && captionOf(known)) ?? '', after)
              return (
                <li key={item} className="border-l-2 border-line pl-3">
                  <p className="truncate text-fact text-ink-3">{known?.name}</p>
                  <p className="break-words">
                    {head}
                    {gone && <del className="text-bad">{gone}</del>}
                    {come && <ins className="text-good no-underline">{come}</ins>}
                    {tail}
                  </p>
                </li>
              )
            })}
          {count > SHOWN && <li className="text-ink-3">{t('captions.more', { shown: number(count - SHOWN) })}</li>}
        </ul>
      )}
    </Dialog>
  )
}
