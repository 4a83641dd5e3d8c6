import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Layer } from '@/components/stage/Layer'
import { Pane } from '@/components/stage/Pane'
import type { Shot } from '@/components/stage/shot'
import { useKeys } from '@/components/stage/useKeys'
import { useSize } from '@/components/stage/useSize'
import { useStage } from '@/components/stage/useStage'
import type { Size } from '@/components/stage/zoom'
import { Tag } from '@/components/ui/Tag'

interface Half {
  shot: Shot
  word: string
  alt: string
}

interface PairProps {
  /** What is looked at: another one begins as a whole. */
  id: string
  left: Half
  right: Half | null
}

const GAP = 4
const PAN = 80

/** One or two pictures side by side, with one zoom for both. */
export function Pair({ id, left, right }: PairProps) {
  const { t } = useTranslation('datasets')
  const room = useRef<HTMLDivElement>(null)
  const whole = useSize(room)
  const beside = whole.width >= whole.height * 0.9
  const pane = useMemo<Size>(() => {
    if (!right) return whole
    return beside
      ? { width: Math.max(0, (whole.width - GAP) / 2), height: whole.height }
      : { width: whole.width, height: Math.max(0, (whole.height - GAP) / 2) }
  }, [right, beside, whole])
  const stage = useStage(left.shot, pane)
  const { showAll } = stage
  // biome-ignore lint/correctness/useExhaustiveDependencies: another photo begins as a whole
  useEffect(() => showAll(), [id])
  useKeys({
    closer: stage.closer,
    farther: stage.farther,
    fit: stage.showAll,
    full: stage.showFull,
    left: () => stage.pan(PAN, 0),
    right: () => stage.pan(-PAN, 0),
    up: () => stage.pan(0, PAN),
    down: () => stage.pan(0, -PAN),
  })
  const half = (one: Half, free: boolean) => (
    <Pane
      shared={stage.shared}
      fit={stage.fit}
      limits={stage.limits}
      scale={stage.view.scale}
      pans={!stage.atFit}
      onTwice={stage.toggleAt}
    >
      <Layer shot={one.shot} alt={one.alt} fit={stage.fit} percent={stage.percent} free={free} />
      <span className="pointer-events-none absolute top-3 left-3 z-[3]">
        <Tag onPhoto>{one.word}</Tag>
      </span>
    </Pane>
  )
  return (
    <section
      ref={room}
      aria-label={t('side_by_side')}
      className="relative min-h-0 flex-1 overflow-hidden rounded-md bg-surface [contain:strict]"
    >
      <div className={`absolute inset-0 flex gap-1 ${beside ? '' : 'flex-col'}`}>
        {half(left, false)}
        {right && half(right, true)}
      </div>
    </section>
  )
}
