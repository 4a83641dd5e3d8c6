import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Check, RotateCcw, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { belongsElsewhere } from '@/components/stage/useKeys'
import { Button } from '@/components/ui/Button'
import { IconButton } from '@/components/ui/IconButton'
import { Select } from '@/components/ui/Select'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { wordsFor } from '@/lib/api/errors'
import { number, size } from '@/lib/format'
import { toast } from '@/lib/toasts'
import { type Dataset, datasetOptions } from '../api/datasets'
import { decide, type Item, type ItemDetail, itemOptions } from '../api/items'
import { keepOf } from '../review/deciding'
import { useItemChanges } from '../review/useItems'
import { CropStage } from './CropStage'
import { type Box, buckets, moved, nearestBucket, scaled, shaped } from './geometry'

interface CropEditorProps {
  dataset: Dataset
  id: string
  items: readonly Item[]
  onOpen: (id: string) => void
  onClose: () => void
}

/** Which part of a photo is shown, chosen by hand. */
export function CropEditor(props: CropEditorProps) {
  const { t } = useTranslation('datasets')
  const { data, error, refetch } = useQuery(itemOptions(props.dataset.dataset_id, props.id))
  return (
    <section aria-label={t('crop_title')} className="absolute inset-0 z-10 flex flex-col bg-ground">
      {data ? (
        <Editor {...props} item={data} />
      ) : error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="m-4 flex-1" />
      )}
    </section>
  )
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
/** Steps of the keyboard, in shares of the photo. */
const [FINE, COARSE, ZOOM] = [0.004, 0.03, 1.03]

function Editor({ dataset, item, items, onOpen, onClose }: CropEditorProps & { item: ItemDetail }) {
  const { t } = useTranslation('datasets')
  const queries = useQueryClient()
  const change = useItemChanges(dataset.dataset_id)
  const { crop: settings, focus } = dataset.settings
  const start = (item.choice.crop ?? item.crop?.box ?? [0, 0, item.width, item.height]) as Box
  const bucket = settings.mode === 'bucket'
  const [target, setTarget] = useState(() =>
    bucket ? nearestBucket(settings.size, start[2] / start[3]) : { width: settings.size, height: settings.size },
  )
  const aspect = target.width / target.height
  const [box, setBox] = useState<Box>(() => shaped(start, aspect, item))
  const [touched, setTouched] = useState(false)
  const [busy, setBusy] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const put = (next: Box) => {
    setTouched(true)
    setBox(next)
  }
  const kept = items.filter(one => keepOf(one) && (one.crop || one.item_id === item.item_id))
  const at = kept.findIndex(one => one.item_id === item.item_id)
  const next = kept[at + 1]?.item_id

  const save = async (crop: Box | null) => {
    setBusy(true)
    try {
      const whole = crop && (crop.map(value => Math.round(value * 100) / 100) as Box)
      change([await decide(dataset.dataset_id, item.item_id, { crop: whole })])
      void queries.invalidateQueries({ queryKey: datasetOptions(dataset.dataset_id).queryKey, exact: true })
      return true
    } catch (error) {
      toast(wordsFor(error), { bad: true })
      return false
    } finally {
      setBusy(false)
    }
  }
  const saveAndNext = async () => {
    if (busy || (touched && !(await save(box)))) return
    if (next) onOpen(next)
    else {
      toast(t('crop_last'))
      onClose()
    }
  }
  const reset = async () => {
    if (!(await save(null))) return
    toast(t('crop_reset_done'))
    if (item.crop && item.crop.method !== 'hand') setBox(shaped(item.crop.box as Box, aspect, item))
    setTouched(false)
  }

  const acts = useRef({ box, aspect, put, saveAndNext, onClose })
  useEffect(() => {
    acts.current = { box, aspect, put, saveAndNext, onClose }
  })
  useEffect(() => {
    place.current?.focus()
    const press = (event: KeyboardEvent) => {
      const now = acts.current
      if (belongsElsewhere(event) || event.ctrlKey || event.metaKey || event.altKey) return
      const arrow = ARROWS[event.key]
      const onButton = event.target instanceof Element && event.target.closest('button, select, a') !== null
      if (arrow) {
        const far = Math.max(1, Math.max(item.width, item.height) * (event.shiftKey ? COARSE : FINE))
        now.put(moved(now.box, arrow[0] * far, arrow[1] * far, item))
      } else if (event.key === '+' || event.key === '=') now.put(scaled(now.box, ZOOM, now.aspect, item))
      else if (event.key === '-' || event.key === '_') now.put(scaled(now.box, 1 / ZOOM, now.aspect, item))
      else if (event.key === 'Enter' && !onButton) void now.saveAndNext()
      else if (event.key === 'Escape') now.onClose()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [item])

  const scale = target.width / box[2]
  const small = scale > settings.warn_scale + 0.005
  return (
    <>
      <header className="flex shrink-0 items-center gap-2 px-2 py-1.5 md:px-3">
        <IconButton label={t('crop_close')} icon={<X className="size-4" />} onClick={onClose} />
        <h2 className="min-w-0 truncate text-[13px] font-semibold">{t('crop_of', { name: item.name })}</h2>
        {at >= 0 && kept.length > 1 && (
          <span className="ml-auto shrink-0 pr-2 text-fact text-ink-3">
            {t('of_done', { done: number(at + 1), total: number(kept.length) })}
          </span>
        )}
      </header>
      <CropStage ref={place} item={item} box={box} aspect={aspect} headRoom={focus.head_room} onBox={put} />
      <footer className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 md:px-5">
        <div className="min-w-0 flex-1 basis-64 text-[13px]">
          <p role="status" className={small ? 'text-amber' : ''}>
            {t(small ? 'crop_small' : 'crop_fine', {
              part: size(Math.round(box[2]), Math.round(box[3])),
              target: size(target.width, target.height),
              times: number(scale, 2),
            })}
          </p>
          <p className="text-fact text-ink-3 pointer-coarse:hidden">{t('crop_keys')}</p>
        </div>
        {bucket && (
          <div className="w-36">
            <Select
              bare
              label={t('crop_shape')}
              value={`${target.width}x${target.height}`}
              choices={buckets(settings.size).map(one => ({
                value: `${one.width}x${one.height}`,
                label: size(one.width, one.height),
              }))}
              onChange={value => {
                const [width = 1, height = 1] = value.split('x').map(Number)
                setTarget({ width, height })
                put(shaped(box, width / height, item))
              }}
            />
          </div>
        )}
        <div className="flex flex-wrap gap-2">
          <Button
            off={item.choice.crop === null && !touched ? t('crop_is_automatic') : null}
            icon={<RotateCcw className="size-4" />}
            onClick={() => void reset()}
          >
            {t('automatic')}
          </Button>
          <Button look="primary" busy={busy} icon={<Check className="size-4" />} onClick={() => void saveAndNext()}>
            {next ? t('save_next') : t('save_close')}
          </Button>
        </div>
      </footer>
    </>
  )
}
