import { useQuery } from '@tanstack/react-query'
import { ArrowLeft, ArrowRight, Check, Crop, Hand, RotateCcw, X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { belongsElsewhere, useKeys } from '@/components/stage/useKeys'
import { Button } from '@/components/ui/Button'
import { IconButton } from '@/components/ui/IconButton'
import { Tag } from '@/components/ui/Tag'
import { bytes, number, size } from '@/lib/format'
import type { Dataset } from '../api/datasets'
import { type Item, itemOptions } from '../api/items'
import { said } from '../said'
import { keepOf, whyWords } from './deciding'
import { Pair } from './Pair'
import { cropShot, photoShot } from './shots'

interface LargeViewProps {
  dataset: Dataset
  id: string
  items: readonly Item[]
  onOpen: (id: string) => void
  onCrop: (id: string) => void
  onDecide: (item: Item, keep: boolean | null) => void
  onClose: () => void
}

/** One photo in large, beside the one that it duplicates or what was made of it. */
export function LargeView({ dataset, id, items, onOpen, onCrop, onDecide, onClose }: LargeViewProps) {
  const { t } = useTranslation('datasets')
  const place = useRef<HTMLElement>(null)
  const at = items.findIndex(one => one.item_id === id)
  const detail = useQuery(itemOptions(dataset.dataset_id, id)).data
  const item = items[at] ?? detail
  const other = item?.decision?.counterpart ?? ''
  const known = items.find(one => one.item_id === other)
  const asked = useQuery({
    ...itemOptions(dataset.dataset_id, other),
    enabled: other !== '' && known === undefined,
  }).data
  const counterpart = known ?? asked
  const [previous, next] = [items[at - 1]?.item_id, at < 0 ? undefined : items[at + 1]?.item_id]
  useKeys({
    previous: () => previous && onOpen(previous),
    next: () => next && onOpen(next),
    back: onClose,
  })
  const acts = useRef({ item, onDecide, onCrop })
  useEffect(() => {
    acts.current = { item, onDecide, onCrop }
  })
  useEffect(() => {
    place.current?.focus()
    const press = (event: KeyboardEvent) => {
      const now = acts.current
      if (!now.item || belongsElsewhere(event) || event.ctrlKey || event.metaKey || event.altKey) return
      const key = event.key.toLowerCase()
      if (key === 'k' || key === 'd' || key === 'u') now.onDecide(now.item, key === 'u' ? null : key === 'k')
      else if (key === 'c' && now.item.crop) now.onCrop(now.item.item_id)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
  if (!item) return null
  const keep = keepOf(item)
  const names = (wanted: string) => (wanted === other ? counterpart?.name : undefined)
  const right = counterpart
    ? { shot: photoShot(counterpart), word: t(keepOf(counterpart) ? 'kept' : 'dropped'), alt: counterpart.name }
    : item.crop
      ? { shot: cropShot(item.crop), word: t('finished'), alt: t('finished_of', { name: item.name }) }
      : null
  const icon = 'size-4'
  return (
    <section
      ref={place}
      tabIndex={-1}
      aria-label={item.name}
      className="absolute inset-0 z-10 flex flex-col bg-ground outline-none"
    >
      <header className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1 px-2 py-1.5 md:px-3">
        <IconButton label={t('close_large')} icon={<X className={icon} />} onClick={onClose} />
        <h2 className="min-w-0 truncate text-[13px] font-semibold">{item.name}</h2>
        <Tag tone={keep ? 'good' : keep === false ? 'bad' : 'plain'}>
          {item.choice.keep !== null && <Hand aria-hidden className="size-3.5" />}
          {keep === null ? t('undecided') : t(keep ? 'kept' : 'dropped')}
        </Tag>
        <span className="ml-auto flex items-center gap-1">
          <IconButton
            label={t('previous')}
            off={previous ? null : t('first')}
            icon={<ArrowLeft className={icon} />}
            onClick={() => previous && onOpen(previous)}
          />
          <IconButton
            label={t('next')}
            off={next ? null : t('last')}
            icon={<ArrowRight className={icon} />}
            onClick={() => next && onOpen(next)}
          />
        </span>
      </header>
      <div className="flex min-h-0 flex-1 px-2 md:px-3">
        <Pair
          id={id}
          left={{
            shot: photoShot(item),
            word: counterpart ? t(keep ? 'kept' : 'dropped') : t('photo'),
            alt: item.name,
          }}
          right={right}
        />
      </div>
      <footer className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 md:px-5">
        <div className="min-w-0 flex-1 basis-72 text-[13px]">
          <p>{whyWords(item, names)}</p>
          <p className="text-fact text-ink-3">
            {[
              size(item.width, item.height),
              bytes(item.bytes),
              detail?.faces[0] && t('face_high', { pixels: number(detail.faces[0].box[3]) }),
              detail?.sharpness != null && t('sharpness', { value: number(detail.sharpness, 2) }),
              item.decision && t('quality', { value: number(item.decision.quality, 2) }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          {keep && <Warnings all={[...(item.crop?.warnings ?? []), ...(item.caption?.issues ?? [])]} />}
        </div>
        <div className="flex flex-wrap gap-2">
          <Act
            k="K"
            icon={<Check className={icon} />}
            pressed={item.choice.keep === true}
            onPress={() => onDecide(item, true)}
          >
            {t('keep')}
          </Act>
          <Act
            k="D"
            icon={<X className={icon} />}
            pressed={item.choice.keep === false}
            onPress={() => onDecide(item, false)}
          >
            {t('drop_it')}
          </Act>
          <Button
            off={item.choice.keep === null ? t('is_automatic') : null}
            icon={<RotateCcw className={icon} />}
            onClick={() => onDecide(item, null)}
          >
            {t('automatic')}
          </Button>
          <Button
            off={item.crop ? null : t('crop_off')}
            icon={<Crop className={icon} />}
            onClick={() => onCrop(item.item_id)}
          >
            {t('crop_it')}
          </Button>
        </div>
      </footer>
    </section>
  )
}

function Warnings({ all }: { all: readonly string[] }) {
  if (all.length === 0) return null
  return (
    <ul className="mt-0.5 text-fact text-amber">
      {all.map(one => (
        <li key={one}>{said(one)}</li>
      ))}
    </ul>
  )
}

interface ActProps {
  k: string
  icon: ReactNode
  pressed: boolean
  onPress: () => void
  children: ReactNode
}

function Act({ k, icon, pressed, onPress, children }: ActProps) {
  return (
    <Button icon={icon} aria-pressed={pressed} className={pressed ? 'border-light!' : ''} onClick={onPress}>
      {children}
      <kbd aria-hidden className="font-sans text-[11.5px] font-normal text-ink-3 pointer-coarse:hidden">
        {k}
      </kbd>
    </Button>
  )
}
