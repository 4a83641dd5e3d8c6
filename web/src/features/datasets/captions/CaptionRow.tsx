import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RotateCcw, TriangleAlert, WandSparkles } from 'lucide-react'
import { type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'
import { Button } from '@/components/ui/Button'
import { Tag } from '@/components/ui/Tag'
import { toast } from '@/lib/toasts'
import { type Dataset, datasetOptions } from '../api/datasets'
import { decide, type Item } from '../api/items'
import { factWords } from '../factWords'
import { useItemChanges } from '../review/useItems'
import { said } from '../said'
import { captionOf } from './captionOf'
import { useLint } from './useLint'

interface CaptionRowProps {
  dataset: Dataset
  item: Item
  /** The next one is to be written. */
  onNext: () => void
}

/** A picture, and its caption to be changed in place. */
export function CaptionRow({ dataset, item, onNext }: CaptionRowProps) {
  const { t } = useTranslation('datasets')
  const told = useId()
  const queries = useQueryClient()
  const change = useItemChanges(dataset.dataset_id)
  const now = captionOf(item) ?? ''
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? now
  const changed = typed !== null && clean(typed) !== now
  const linted = useLint(dataset.dataset_id, changed ? text : null)
  const issues = changed ? (linted?.issues ?? []) : now === item.caption?.text ? (item.caption?.issues ?? []) : []
  const fix = changed && linted && linted.text !== clean(text) ? linted : null
  const save = useMutation({
    mutationFn: (caption: string | null) => decide(dataset.dataset_id, item.item_id, { caption }),
    onSuccess: (fresh, caption) => {
      change([fresh])
      // What was typed meanwhile stays.
      setTyped(typing => (typing !== null && caption !== null && clean(typing) !== caption ? typing : null))
      void queries.invalidateQueries({ queryKey: datasetOptions(dataset.dataset_id).queryKey, exact: true })
      if (caption === null) toast(t('captions.reverted', { name: item.name }))
    },
  })
  const keep = () => {
    const wanted = clean(text)
    if (!changed) setTyped(null)
    else if (wanted) save.mutate(wanted)
  }
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') {
      event.preventDefault()
      if (changed && !clean(text)) return
      keep()
      onNext()
    } else if (event.key === 'Escape') setTyped(null)
  }
  const empty = changed && !clean(text)
  return (
    <article
      aria-label={item.name}
      className="grid grid-cols-[96px_minmax(0,1fr)] gap-3 rounded-md border border-line-soft bg-surface p-3 focus-within:border-ink-3 md:grid-cols-[128px_minmax(0,1fr)] md:gap-4"
    >
      <Picture
        path={item.crop?.url ?? item.preview_url}
        alt={item.name}
        loading="lazy"
        draggable={false}
        className="aspect-square w-full self-start rounded-sm bg-[#0d0b0a] object-contain"
      />
      <div className="flex min-w-0 flex-col gap-2">
        <textarea
          aria-label={t('captions.of', { name: item.name })}
          aria-describedby={told}
          aria-invalid={empty || issues.length > 0 || undefined}
          rows={2}
          maxLength={2000}
          value={text}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={press}
          onBlur={keep}
          className="field-sizing-content min-h-14 w-full resize-none rounded-sm border border-line bg-raised px-3 py-2 text-[13px] text-ink hover:border-ink-3"
        />
        <div id={told} className="flex flex-col gap-1 text-fact empty:hidden">
          {empty && <p className="text-bad">{t('captions.empty')}</p>}
          {issues.map(one => (
            <p key={one} className="flex items-start gap-1.5 text-amber">
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
              {said(one)}
            </p>
          ))}
        </div>
        {fix && (
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-sm bg-light-soft px-2.5 py-1.5 text-fact">
            <span className="min-w-0 flex-1 basis-60 break-words">
              {fix.mended.length > 0 && <b className="font-semibold">{fix.mended.map(said).join(', ')}: </b>}
              {fix.text}
            </span>
            <Button
              small
              icon={<WandSparkles aria-hidden className="size-4" />}
              // Before the field loses the focus and saves what is in it.
              onMouseDown={event => event.preventDefault()}
              onClick={() => setTyped(fix.text)}
            >
              {t('captions.fix')}
            </Button>
          </div>
        )}
        <div className="mt-auto flex flex-wrap items-center gap-1.5">
          {item.choice.caption !== null && (
            <>
              <Tag tone="light">{t('by_hand')}</Tag>
              <Button
                small
                look="ghost"
                icon={<RotateCcw aria-hidden className="size-3.5" />}
                onMouseDown={event => event.preventDefault()}
                onClick={() => {
                  setTyped(null)
                  save.mutate(null)
                }}
              >
                {t('captions.revert')}
              </Button>
            </>
          )}
          {item.caption?.source.startsWith('server:') && <Tag>{item.caption.source.slice('server:'.length)}</Tag>}
          {Object.entries(item.caption?.facts ?? {}).map(([name, value]) => (
            <Tag key={name}>
              <span className="sr-only">{t(`fact.${name}`, { defaultValue: name })}: </span>
              {factWords(value)}
            </Tag>
          ))}
        </div>
      </div>
    </article>
  )
}

/** A caption is one line, as the service keeps it. */
function clean(text: string): string {
  return text.split(/\s+/).filter(Boolean).join(' ')
}
