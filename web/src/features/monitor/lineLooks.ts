import i18n from 'i18next'
import type { LineName } from '@/features/monitor/series'
import { number, percent } from '@/lib/format'

interface LineLook {
  /** Variable of the theme. */
  colour: string
  /** Lengths of strokes and gaps: lines differ by more than their colour. */
  dash: number[]
}

export const LOOKS: Record<LineName, LineLook> = {
  cpu: { colour: '--light', dash: [] },
  memory: { colour: '--info', dash: [6, 4] },
  gpu: { colour: '--amber', dash: [2, 3] },
  gpu_memory: { colour: '--good', dash: [10, 3, 2, 3] },
  active: { colour: '--light', dash: [] },
  queue: { colour: '--amber', dash: [6, 4] },
  done: { colour: '--good', dash: [2, 3] },
}

export function valueWords(value: number, ofHundred: boolean): string {
  return ofHundred ? percent(value / 100) : number(value, value < 10 ? 1 : 0)
}

/** A line in a sentence, for those who do not see it. */
export function lineWords(
  name: LineName,
  line: { now: number; mean: number; most: number },
  ofHundred: boolean,
): string {
  const said = (value: number) => valueWords(value, ofHundred)
  return i18n.t('monitor:load.summary', {
    name: i18n.t(`monitor:load.${name}`),
    now: said(line.now),
    mean: said(line.mean),
    most: said(line.most),
  })
}
