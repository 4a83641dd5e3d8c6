import type { Operation, Preset } from '@/lib/data/offers'
import type { Task } from '@/lib/data/useTask'
import { bytes, seconds, size, time } from '@/lib/format'
import { presetTitle } from '@/lib/i18n/service'
import { paintedOf, paintedWords } from '@/lib/made/painted'
import { resultOf } from '@/lib/made/result'
import { askedOf, stepsOf } from '@/lib/made/settings'

/** One line of the comparison. */
export interface Difference {
  name: string
  a: string
  b: string
}

interface Words {
  t: (key: string) => string
  operations: readonly Operation[]
  presets: readonly Preset[]
  models: readonly { id: string; title: string }[]
}

const NOTHING = '–'

/** All that can be compared of two results, in order; the ones that differ and how many do not. */
export function compared(a: Task, b: Task, words: Words): { differing: Difference[]; alike: number } {
  const [left, right] = [factsOf(a, words), factsOf(b, words)]
  const names = [...new Set([...left.keys(), ...right.keys()])]
  const all = names.map(name => ({ name, a: left.get(name) ?? NOTHING, b: right.get(name) ?? NOTHING }))
  const differing = all.filter(one => one.a !== one.b)
  return { differing, alike: all.length - differing.length }
}

function factsOf(task: Task, { t, operations, presets, models }: Words): Map<string, string> {
  const facts = new Map<string, string>()
  const { recipe, format, quality, tile } = askedOf(task)
  const result = resultOf(task)
  const preset = presets.find(one => one.name === recipe?.name)
  facts.set(t('name'), task.filename)
  facts.set(t('preset'), preset ? presetTitle(preset) : recipe?.title || recipe?.name || NOTHING)
  for (const step of stepsOf(task, operations))
    for (const setting of step.settings) facts.set(`${step.title}: ${setting.title}`, setting.value)
  facts.set(
    t('models'),
    (result?.models ?? []).map(id => models.find(one => one.id === id)?.title ?? id).join(' + ') || NOTHING,
  )
  const painted = paintedOf(task)
  if (painted) facts.set(t('common:painted.by'), paintedWords(painted))
  if (result) {
    facts.set(t('size'), size(result.width, result.height))
    facts.set(t('file'), `${bytes(result.bytes)} ${result.format.toUpperCase()}`)
  } else facts.set(t('file'), (format ?? '').toUpperCase())
  if (quality) facts.set(t('quality'), String(quality))
  if (tile) facts.set(t('tiles'), String(tile))
  facts.set(t('took'), task.cached ? t('cached') : task.seconds === null ? NOTHING : seconds(task.seconds))
  if (task.completed_at) facts.set(t('when'), time(task.completed_at))
  return facts
}
