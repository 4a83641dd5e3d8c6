import { expect, it } from 'vitest'
import { differing, groupsOf, type Settings, withSetting } from './groups'

const SCHEMA = {
  $defs: {
    Layout: { enum: ['kohya', 'imagefolder'], type: 'string' },
    CropParams: {
      properties: {
        size: { type: 'integer', minimum: 256, maximum: 2048, title: 'Size', default: 1024 },
        mode: { enum: ['square', 'bucket'], type: 'string', default: 'square' },
      },
    },
    PackageParams: {
      properties: {
        layouts: { type: 'array', items: { $ref: '#/$defs/Layout' } },
        omit: { type: 'array', items: { type: 'string' } },
      },
    },
  },
  properties: {
    crop: { $ref: '#/$defs/CropParams', default: {} },
    package: { $ref: '#/$defs/PackageParams', default: {} },
    local_only: { type: 'boolean', default: false, description: 'Any call is an error.' },
  },
}

it('makes groups of the schema, and one of what is in none', () => {
  const groups = groupsOf(SCHEMA)
  expect(groups.map(one => [one.name, one.settings.map(setting => setting.name)])).toEqual([
    ['crop', ['size', 'mode']],
    ['package', ['layouts', 'omit']],
    ['', ['local_only']],
  ])
  expect(groups[1]?.settings.map(one => one.items)).toEqual([['kohya', 'imagefolder'], null])
})

it('sends only what differs', () => {
  const before: Settings = { crop: { size: 1024, mode: 'square' }, package: { omit: ['hair'] }, local_only: false }
  expect(differing(before, before)).toEqual({})
  expect(differing({ ...before, package: { omit: ['hair'] } }, before)).toEqual({})
  const now = withSetting(withSetting(before, 'crop', 'size', 768), '', 'local_only', true)
  expect(differing(now, before)).toEqual({ crop: { size: 768 }, local_only: true })
  expect(before).toEqual({ crop: { size: 1024, mode: 'square' }, package: { omit: ['hair'] }, local_only: false })
})
