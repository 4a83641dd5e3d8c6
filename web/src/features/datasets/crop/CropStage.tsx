import { forwardRef, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'
import { useSize } from '@/components/stage/useSize'
import { fitInto } from '@/components/stage/zoom'
import type { ItemDetail } from '../api/items'
import { type Box, type Corner, moved, pulled } from './geometry'
import { guidesOf } from './guides'

interface CropStageProps {
  item: ItemDetail
  box: Box
  aspect: number
  headRoom: number
  onBox: (box: Box) => void
}

const CORNERS: Record<Corner, string> = {
  nw: 'top-0 left-0 cursor-nwse-resize',
  ne: 'top-0 left-full cursor-nesw-resize',
  sw: 'top-full left-0 cursor-nesw-resize',
  se: 'top-full left-full cursor-nwse-resize',
}

interface Held {
  corner: Corner | null
  x: number
  y: number
  box: Box
}

/** The whole photo with the box on it, to be drawn and pulled. */
export const CropStage = forwardRef<HTMLDivElement, CropStageProps>(function CropStage(
  { item, box, aspect, headRoom, onBox },
  ref,
) {
  const { t } = useTranslation('datasets')
  const room = useRef<HTMLDivElement>(null)
  const fit = fitInto(item, useSize(room))
  const held = useRef<Held | null>(null)
  const grip = (corner: Corner | null) => (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || !event.isPrimary) return
    event.preventDefault()
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
    held.current = { corner, x: event.clientX, y: event.clientY, box }
  }
  const drag = (event: PointerEvent<HTMLElement>) => {
    const from = held.current
    if (!from || fit.width === 0) return
    event.stopPropagation()
    const share = item.width / fit.width
    const [dx, dy] = [(event.clientX - from.x) * share, (event.clientY - from.y) * share]
    onBox(from.corner ? pulled(from.box, from.corner, dx, dy, aspect, item) : moved(from.box, dx, dy, item))
  }
  const release = () => {
    held.current = null
  }
  const across = (value: number) => `${(value * 100) / item.width}%`
  const down = (value: number) => `${(value * 100) / item.height}%`
  const at = { left: across(box[0]), top: down(box[1]), width: across(box[2]), height: down(box[3]) }
  const guides = guidesOf(item, headRoom)
  return (
    <div className="flex min-h-0 flex-1 px-6 py-5">
      <div ref={room} className="relative min-h-0 min-w-0 flex-1">
        <div className="absolute top-1/2 left-1/2 -translate-x-1/2 -translate-y-1/2" style={fit}>
          <Picture
            path={item.shown ? item.original_url : item.preview_url}
            alt={item.name}
            draggable={false}
            className="absolute inset-0 size-full select-none"
          />
          <div aria-hidden className="pointer-events-none absolute inset-0 overflow-hidden">
            <div className="absolute shadow-[0_0_0_9999px_#0d0b0a99]" style={at} />
          </div>
          {item.faces.map(face => (
            <span
              key={face.box.join()}
              data-face
              className="pointer-events-none absolute rounded-[4px] border border-white/80 shadow-[0_0_3px_#000c]"
              style={{
                left: across(face.box[0]),
                top: down(face.box[1]),
                width: across(face.box[2]),
                height: down(face.box[3]),
              }}
            />
          ))}
          {guides && <Guide at={down(guides.head)} words={t('guide_head')} left />}
          {guides && guides.head - guides.top > 1 && <Guide at={down(guides.top)} words={t('guide_room')} />}
          {/* biome-ignore lint/a11y/useSemanticElements: no element of HTML is a box on a picture */}
          <div
            ref={ref}
            role="group"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows move it
            tabIndex={0}
            aria-label={t('crop_box')}
            data-box={box.map(value => Math.round(value)).join(' ')}
            onPointerDown={grip(null)}
            onPointerMove={drag}
            onPointerUp={release}
            onPointerCancel={release}
            className="absolute cursor-move touch-none outline-2 -outline-offset-1 outline-light"
            style={at}
          >
            <span className="pointer-events-none absolute inset-0 grid grid-cols-3 grid-rows-3 opacity-40 [&>i]:border [&>i]:border-white/40">
              {Array.from({ length: 9 }, (_, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: nine squares that never change
                <i key={index} />
              ))}
            </span>
            {(Object.keys(CORNERS) as Corner[]).map(corner => (
              <span
                key={corner}
                data-corner={corner}
                onPointerDown={grip(corner)}
                onPointerMove={drag}
                onPointerUp={release}
                onPointerCancel={release}
                className={`absolute grid size-9 -translate-x-1/2 -translate-y-1/2 touch-none place-items-center ${CORNERS[corner]}`}
              >
                <span className="size-3.5 rounded-full border-2 border-light bg-white" />
              </span>
            ))}
          </div>
        </div>
      </div>
    </div>
  )
})

/** A line across the photo; what it is stands under it, where also the edge of the photo has room. */
function Guide({ at, words, left = false }: { at: string; words: string; left?: boolean }) {
  return (
    <span
      className="pointer-events-none absolute inset-x-0 z-1 border-t border-dashed border-[#ffd08a]"
      style={{ top: at }}
    >
      <span
        className={`absolute top-0.5 rounded-sm bg-[#0d0b0acc] px-1.5 text-[11.5px] text-[#ffd08a] ${left ? 'left-1' : 'right-1'}`}
      >
        {words}
      </span>
    </span>
  )
}
