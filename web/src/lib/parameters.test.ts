import { describe, expect, it } from 'vitest'
import { parametersOf, stepOf } from './parameters'

const SCHEMA = {
  $defs: { Quality: { enum: ['fast', 'high'], type: 'string', title: 'Quality' } },
  properties: {
    scale: { type: 'number', minimum: 1, maximum: 8, default: 4, title: 'Scale', description: 'How large.' },
    quality_level: { $ref: '#/$defs/Quality', default: 'high' },
    model: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null, title: 'Model' },
    resolution: { anyOf: [{ type: 'integer', minimum: 512, maximum: 2048 }, { type: 'null' }], default: 1024 },
    raw: { type: 'boolean', default: false },
    indices: { type: 'array', items: { type: 'integer' }, default: [] },
    style: { type: 'string', maxLength: 100, default: 'clay', examples: ['clay', 'anime'] },
  },
}

describe('the parameters of an operation', () => {
  const all = parametersOf(SCHEMA)
  const find = (name: string) => all.find(one => one.name === name)

  it('come in the order of the schema', () => {
    expect(all.map(one => one.name)).toEqual(Object.keys(SCHEMA.properties))
  })

  it('have the kind that a form needs', () => {
    expect(all.map(one => one.kind)).toEqual(['number', 'choice', 'text', 'number', 'flag', 'other', 'text'])
    expect(find('quality_level')).toMatchObject({ values: ['fast', 'high'], usual: 'high', title: 'Quality level' })
    expect(find('scale')).toMatchObject({ least: 1, most: 8, whole: false, help: 'How large.', optional: false })
    expect(find('resolution')).toMatchObject({ whole: true, optional: true, least: 512, most: 2048 })
    expect(find('style')).toMatchObject({ examples: ['clay', 'anime'], longest: 100 })
  })

  it('have steps for a hand', () => {
    const steps = all.flatMap(one => (one.kind === 'number' ? [stepOf(one)] : []))
    expect(steps).toEqual([0.5, 1])
  })
})
