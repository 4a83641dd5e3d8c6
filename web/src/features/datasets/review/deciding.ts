import i18n from 'i18next'
import { number } from '@/lib/format'
import type { Item } from '../api/items'
import words from '../said.zh.json'

/** How far a box may lie beside another that is the same: the service makes whole pixels of it. */
const SAME_PX = 2

/** Whether a photo goes in as things stand: by the choice, else by the rules. */
export function keepOf({ choice, decision }: Pick<Item, 'choice' | 'decision'>): boolean | null {
  if (choice.keep !== null) return choice.keep
  if (!decision) return null
  return decision.automatic === null ? decision.keep : decision.automatic === 'good'
}

/** Whether a person chose something that the last build did not know, or took back what it went by. */
export function isPending({ choice, decision, crop, caption }: Item): boolean {
  if (!decision) return false
  if (
    choice.keep === null ? decision.automatic !== null : decision.reason !== 'by_hand' || decision.keep !== choice.keep
  )
    return true
  if (crop) {
    const byHand = crop.method === 'hand'
    if (choice.crop === null ? byHand : !byHand || !sameBox(choice.crop, crop.box)) return true
  }
  if (!caption) return false
  return choice.caption === null ? caption.source === 'hand' : caption.text !== choice.caption
}

function sameBox(one: readonly number[], other: readonly number[]): boolean {
  return one.every((value, index) => Math.abs(value - (other[index] ?? 0)) <= SAME_PX)
}

/** Why a photo is kept or dropped, with the figures; `nameOf` gives the name of another photo by its id. */
export function whyWords(item: Item, nameOf: (id: string) => string | undefined): string {
  const { decision } = item
  if (!decision) return ''
  if (i18n.language !== 'zh') return decision.words
  if (decision.reason === 'by_hand') {
    const would = decision.automatic === 'good' ? words.why_would_keep : words.why_would_drop
    return `${decision.keep ? words.why_kept_by_hand : words.why_dropped_by_hand}${would}`
  }
  const name = decision.counterpart === null ? undefined : nameOf(decision.counterpart)
  const key = `why_${decision.reason}` as keyof typeof words
  const holes: Record<string, string> = {
    name: name ?? words.why_another,
    score: figure(decision.score),
    threshold: figure(decision.threshold),
    quality: figure(decision.quality),
  }
  return (words[key] ?? decision.words).replace(/{{(\w+)}}/g, (_, hole: string) => holes[hole] ?? '')
}

/** The figure that decided, as a corner of a photo has room for: `0.12 < 0.15`. */
export function figures({ decision }: Pick<Item, 'decision'>): string {
  if (!decision || decision.score === null || decision.threshold === null || decision.reason === 'no_face') return ''
  const sign = decision.score < decision.threshold ? '<' : decision.score > decision.threshold ? '>' : '='
  return `${figure(decision.score)} ${sign} ${figure(decision.threshold)}`
}

function figure(value: number | null): string {
  return value === null ? '–' : number(value, Number.isInteger(value) || Math.abs(value) >= 10 ? 0 : 2)
}
