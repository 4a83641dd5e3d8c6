import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Region } from '../api/preview'
import { between, isWithin, movedBy, pressed } from './region'

interface RegionPickerProps {
  picture: string | null
  name: string
  /** Width over height of the photo. */
  aspect: number
  /** `null` = all of the photo is shown, and nothing is to be picked. */
  region: Region | null
  onPick: (region: Region) => void
}

type Point = [number, number]

/** A photo over which a frame is dragged: a new one beside the old, the old one within it. Arrow keys move it. */
export function RegionPicker({ picture, name, aspect, region, onPick }: RegionPickerProps) {
  const { t } = useTranslation('studio')
  const frame = useRef<HTMLDivElement>(null)
  const [drag, setDrag] = useState<{ from: Point; moves: Region | null } | null>(null)

  const at = (event: PointerEvent): Point => {
    const box = frame.current?.getBoundingClientRect()
    if (!box) return [0, 0]
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
  }
  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (!region || event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const from = at(event)
    setDrag({ from, moves: isWithin(region, from) ? region : null })
  }
  const move = (event: PointerEvent) => {
    if (!drag) return
    const [x, y] = at(event)
    onPick(drag.moves ? movedBy(drag.moves, x - drag.from[0], y - drag.from[1]) : between(drag.from, [x, y]))
  }
  const press = (event: KeyboardEvent) => {
    if (!region) return
    const next = pressed(region, event.key)
    if (!next) return
    event.preventDefault()
    onPick(next)
  }
  const percent = (share: number) => `${(share * 100).toFixed(2)}%`
  return (
    <figure className="flex min-h-0 flex-col gap-2">
      <div
        className="grid min-h-48 flex-1 place-items-center overflow-hidden rounded-md bg-[#0b0a09]"
        style={{ containerType: 'size' }}
      >
        <div
          ref={frame}
          className="relative touch-none overflow-hidden"
          style={{ aspectRatio: aspect, width: `min(100cqw, ${aspect * 100}cqh)` }}
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={() => setDrag(null)}
          onPointerCancel={() => setDrag(null)}
        >
          {picture && <img src={picture} alt={name} draggable={false} className="size-full select-none" />}
          {region && (
            <div
              role="application"
              aria-label={t('preview.frame')}
              aria-roledescription={t('preview.choose')}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: the frame is moved by keys
              tabIndex={0}
              onKeyDown={press}
              className="absolute cursor-move border-2 border-light shadow-[0_0_0_9999px_#0d0b0a99]"
              style={{
                left: percent(region.left),
                top: percent(region.top),
                width: percent(region.width),
                height: percent(region.height),
              }}
            />
          )}
        </div>
      </div>
      <figcaption className="text-fact text-ink-3">{region ? t('preview.choose') : name}</figcaption>
    </figure>
  )
}
