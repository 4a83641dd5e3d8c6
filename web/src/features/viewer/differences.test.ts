import { expect, it } from 'vitest'
import { exampleTask } from '@/../tests/exampleTask'
import { compared } from '@/features/viewer/differences'
import type { Operation } from '@/lib/data/offers'
import { seconds } from '@/lib/format'

const upscale: Operation = {
  id: 'upscale',
  title: 'Enlarge',
  summary: '',
  params: {
    properties: {
      scale: { type: 'number', default: 4, title: 'Scale' },
      raw: { type: 'boolean', default: false, title: 'Raw' },
    },
  },
}
const words = { t: (key: string) => key, operations: [upscale], presets: [], models: [] }

it('names what differs, and counts the rest', () => {
  const other = exampleTask({
    task_id: 'b'.repeat(32),
    seconds: 30,
    params: { recipe: { name: 'general', title: 'General', steps: [{ operation: 'upscale', scale: 3 }] } },
  })
  const { differing, alike } = compared(exampleTask(), other, words)
  expect(differing).toEqual([
    { name: 'Enlarge: Scale', a: '2×', b: '3×' },
    { name: 'took', a: seconds(12.4), b: seconds(30) },
  ])
  expect(alike).toBeGreaterThan(3)
})

it('takes what was left out for what is usual', () => {
  const said = {
    recipe: { name: 'general', title: 'General', steps: [{ operation: 'upscale', scale: 2, raw: false }] },
  }
  expect(compared(exampleTask(), exampleTask({ params: said }), words).differing).toEqual([])
})

it('finds nothing between a result and itself', () => {
  expect(compared(exampleTask(), exampleTask(), words).differing).toEqual([])
})
