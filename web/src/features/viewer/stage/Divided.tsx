import { MoveHorizontal } from 'lucide-react'
import { type ReactNode, type RefObject, useMemo } from 'react'
import { HandleRoot, Item, Provider, Root } from 'react-compare-slider/components'
import { useReactCompareSlider } from 'react-compare-slider/hooks'
import { useTranslation } from 'react-i18next'
import { HANDLE_CLASS } from '@/components/stage/usePane'

interface DividedProps {
  left: ReactNode
  right: ReactNode
  /** Only the handle moves the divider: a drag elsewhere moves the picture. */
  handleOnly: boolean
  /** Two fingers zoom now: the divider stays. */
  pinching: RefObject<boolean>
}

/** Two pictures with a divider that stays where it is on the screen while they move under it. */
export function Divided({ left, right, handleOnly, pinching }: DividedProps) {
  const { t } = useTranslation('viewer')
  const slider = useReactCompareSlider({
    onlyHandleDraggable: handleOnly,
    keyboardIncrement: '2%',
    transition: 'none',
  })
  const { onPointerDown, onPointerMove } = slider
  const byOneFinger = useMemo(
    () => ({
      onPointerDown: (event: PointerEvent) => {
        if (event.isPrimary) onPointerDown(event)
      },
      onPointerMove: (event: PointerEvent) => {
        if (event.isPrimary && !pinching.current) onPointerMove(event)
      },
    }),
    [onPointerDown, onPointerMove, pinching],
  )
  const all = { position: 'absolute', inset: 0 } as const
  return (
    <Provider {...slider} {...byOneFinger}>
      <Root style={{ ...all, touchAction: 'none', maxWidth: 'none' }}>
        <Item item="itemOne" style={all}>
          {left}
        </Item>
        <Item item="itemTwo" style={all}>
          {right}
        </Item>
        <HandleRoot aria-label={t('divider')} className="group">
          <div
            className={`${HANDLE_CLASS} pointer-events-auto relative flex h-full w-8 cursor-ew-resize justify-center`}
          >
            <span className="h-full w-[2px] bg-white shadow-[0_0_4px_rgb(0_0_0/.5)]" />
            <span className="absolute top-1/2 grid size-10 -translate-y-1/2 place-items-center rounded-full bg-[#f4efe8] text-[#131110] shadow-[0_2px_10px_rgb(0_0_0/.45)] outline-offset-2 outline-light group-focus-visible:outline-2">
              <MoveHorizontal aria-hidden className="size-5" strokeWidth={2} />
            </span>
          </div>
        </HandleRoot>
      </Root>
    </Provider>
  )
}
