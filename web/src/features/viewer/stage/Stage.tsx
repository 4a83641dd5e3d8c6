import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Layer } from '@/components/stage/Layer'
import { Pane } from '@/components/stage/Pane'
import { onlyReduced, type Shot } from '@/components/stage/shot'
import { useKeys } from '@/components/stage/useKeys'
import { useSize } from '@/components/stage/useSize'
import { useStage } from '@/components/stage/useStage'
import { type Size, sameShape } from '@/components/stage/zoom'
import { Tag } from '@/components/ui/Tag'
import { Divided } from '@/features/viewer/stage/Divided'
import { FaceBoxes } from '@/features/viewer/stage/FaceBoxes'
import { type Mode, Tools } from '@/features/viewer/stage/Tools'
import { size as said } from '@/lib/format'
import type { FaceOutcome } from '@/lib/made/result'

interface Half {
  shot: Shot
  /** What it is, in a word: "Before". */
  word: string
  alt: string
}

interface StageProps {
  /** What is looked at: another one begins as a whole. */
  id: string
  before: Half
  after: Half
  faces?: readonly FaceOutcome[]
  lit?: number | null
}

const PAN = 80
const GAP = 4
let lastMode: Mode = 'slider'

/** Two pictures over each other or side by side, with one zoom for both. */
export function Stage({ id, before, after, faces = [], lit = null }: StageProps) {
  const { t } = useTranslation('viewer')
  const room = useRef<HTMLDivElement>(null)
  const whole = useSize(room)
  const matching = sameShape(before.shot, after.shot)
  const [chosen, setChosen] = useState<Mode>(lastMode)
  const [flipped, setFlipped] = useState(false)
  const mode = matching ? chosen : 'side'
  const beside = mode === 'side' && whole.width >= whole.height * 0.9
  const pane = useMemo<Size>(() => {
    if (mode !== 'side') return whole
    return beside
      ? { width: Math.max(0, (whole.width - GAP) / 2), height: whole.height }
      : { width: whole.width, height: Math.max(0, (whole.height - GAP) / 2) }
  }, [mode, beside, whole])
  const stage = useStage(after.shot, pane)
  const { fit, percent, shared, limits, showAll } = stage
  const pinching = useRef(false)
  const onPinch = useCallback((now: boolean) => {
    pinching.current = now
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another photo begins as a whole
  useEffect(() => {
    setFlipped(false)
    showAll()
  }, [id])

  const choose = (next: Mode) => {
    if (next === 'flip' && mode === 'flip') return setFlipped(!flipped)
    lastMode = next
    setFlipped(next === 'flip')
    setChosen(next)
  }
  useKeys({
    closer: stage.closer,
    farther: stage.farther,
    fit: stage.showAll,
    full: stage.showFull,
    ...(matching ? { flip: () => choose('flip') } : {}),
    left: () => stage.pan(PAN, 0),
    right: () => stage.pan(-PAN, 0),
    up: () => stage.pan(0, PAN),
    down: () => stage.pan(0, -PAN),
  })

  const layer = (half: Half, hidden = false, boxes = false): ReactNode => (
    <Layer
      shot={half.shot}
      alt={half.alt}
      fit={fit}
      percent={percent}
      free={!matching && half === before}
      hidden={hidden}
    >
      {boxes && <FaceBoxes faces={faces} frame={after.shot} lit={lit} />}
    </Layer>
  )
  const paneProps = { shared, fit, limits, scale: stage.view.scale, pans: !stage.atFit, onTwice: stage.toggleAt }
  const shownShot = mode === 'flip' && flipped ? before.shot : after.shot
  return (
    <section
      ref={room}
      aria-label={t('stage')}
      className="relative min-h-0 flex-1 overflow-hidden rounded-md bg-surface [contain:strict]"
    >
      {mode === 'side' ? (
        <div className={`absolute inset-0 flex gap-1 ${beside ? '' : 'flex-col'}`}>
          <Pane {...paneProps}>
            {layer(before)}
            <Word half={before} />
          </Pane>
          <Pane {...paneProps}>
            {layer(after, false, true)}
            <Word half={after} right />
          </Pane>
        </div>
      ) : (
        <div className="absolute inset-0 flex">
          <Pane {...paneProps} onPinch={onPinch} {...(mode === 'flip' ? { onPress: () => setFlipped(!flipped) } : {})}>
            {mode === 'slider' ? (
              <Divided left={layer(before)} right={layer(after)} handleOnly={!stage.atFit} pinching={pinching} />
            ) : (
              <>
                {layer(after, flipped)}
                {layer(before, !flipped)}
              </>
            )}
            {faces.length > 0 && (
              <div
                className="pointer-events-none absolute top-0 left-0 z-[2] origin-top-left"
                style={{
                  width: fit.width,
                  height: fit.height,
                  transform: 'translate(var(--x, 0px), var(--y, 0px)) scale(var(--zoom, 1))',
                }}
              >
                <FaceBoxes faces={faces} frame={after.shot} lit={lit} />
              </div>
            )}
            {(mode === 'slider' || flipped) && <Word half={before} />}
            {(mode === 'slider' || !flipped) && <Word half={after} right={mode === 'slider'} />}
          </Pane>
        </div>
      )}
      <p role="status" className="pointer-events-none absolute inset-x-0 bottom-16 z-10 flex justify-center px-3">
        {!matching && stage.atFit && <Tag onPhoto>{t('other_shape')}</Tag>}
        {onlyReduced(shownShot, percent) && (
          <Tag onPhoto tone="amber">
            {t('reduced')}
          </Tag>
        )}
        {mode === 'flip' && <span className="sr-only">{flipped ? before.word : after.word}</span>}
      </p>
      <Tools
        mode={mode}
        percent={percent}
        onlySide={matching ? false : t('other_shape')}
        atFit={stage.atFit}
        onMode={choose}
        onFit={stage.showAll}
        onFull={stage.showFull}
        onCloser={stage.closer}
        onFarther={stage.farther}
      />
    </section>
  )
}

function Word({ half, right = false }: { half: Half; right?: boolean }) {
  return (
    <div className={`pointer-events-none absolute top-3 z-10 ${right ? 'right-3' : 'left-3'}`}>
      <Tag onPhoto>
        {half.word} <span className="max-sm:hidden">{said(half.shot.width, half.shot.height)}</span>
      </Tag>
    </div>
  )
}
