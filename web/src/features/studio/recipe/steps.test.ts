import { describe, expect, it } from 'vitest'
import type { Draft } from '@/lib/draft'
import { parametersOf } from '@/lib/parameters'
import { added, mainParameters, moved, without, withParameter } from './steps'

const draft: Draft = {
  preset: 'general',
  title: 'General',
  steps: [{ operation: 'upscale', scale: 2 }, { operation: 'tune' }],
  format: 'png',
  quality: null,
  lossless: false,
  strip: 'none',
  tile: null,
}
const schema = {
  properties: {
    raw: { type: 'boolean', default: false },
    scale: { type: 'number', minimum: 1, maximum: 8, default: 4 },
  },
}
const operations = [{ id: 'upscale', title: 'Enlarge', summary: '', params: schema }]
const names = (changed: Draft) => changed.steps.map(step => step.operation)

describe('the steps of a recipe', () => {
  it('show the parameters that matter, of those that there are', () => {
    expect(mainParameters(draft, operations).map(one => one.parameter.name)).toEqual(['scale'])
  })

  it('hold what differs from what is usual, and nothing else', () => {
    const scale = parametersOf(schema)[1]
    if (!scale) throw new Error('no scale')
    expect(withParameter(draft, 0, scale, 8).steps[0]).toEqual({ operation: 'upscale', scale: 8 })
    expect(withParameter(draft, 0, scale, 4).steps[0]).toEqual({ operation: 'upscale' })
    expect(draft.steps[0]).toEqual({ operation: 'upscale', scale: 2 })
  })

  it('can be moved, added and taken away; one stays', () => {
    expect(names(moved(draft, 0, 1))).toEqual(['tune', 'upscale'])
    expect(names(moved(draft, 0, -1))).toEqual(['upscale', 'tune'])
    expect(names(added(draft, 'denoise'))).toEqual(['upscale', 'tune', 'denoise'])
    expect(names(without(without(draft, 0), 0))).toEqual(['tune'])
  })
})
