import { describe, expect, it } from 'vitest'
import { byName } from '@/lib/i18n/names'

const en = byName(import.meta.glob('/src/**/*.en.json', { eager: true, import: 'default' }))
const zh = byName(import.meta.glob('/src/**/*.zh.json', { eager: true, import: 'default' }))
const OF_FEATURES = import.meta.glob('/src/features/*/*.en.json')
const sources = import.meta.glob<string>(['/src/**/*.{ts,tsx}', '!/src/**/*.test.*'], {
  eager: true,
  query: '?raw',
  import: 'default',
})

const PLURAL = /_(zero|one|two|few|many|other)$/

function leaves(node: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(node)) {
    const here = path ? `${path}.${name}` : name
    if (typeof value === 'string') found.set(here, value)
    else for (const [key, text] of leaves(value as object, here)) found.set(key, text)
  }
  return found
}

const holes = (text: string) => [...text.matchAll(/{{\s*(\w+)/g)].map(one => one[1]).sort()

// The errors' words are the service's own in English; the Chinese ones are checked against the service by its tests.
const NAMES = Object.keys(en).filter(name => name !== 'errors')

describe.each(NAMES)('the words of %s', name => {
  const [english, chinese] = [leaves(en[name] ?? {}), leaves(zh[name] ?? {})]

  it('are there in both languages', () => {
    const plain = (keys: Iterable<string>) => [...new Set([...keys].map(key => key.replace(PLURAL, '')))].sort()
    expect(plain(chinese.keys())).toEqual(plain(english.keys()))
  })

  it('have the same holes to fill in', () => {
    for (const [key, text] of chinese) {
      const same = english.get(key) ?? english.get(key.replace(PLURAL, '_other'))
      if (same !== undefined) expect([key, holes(text)]).toEqual([key, holes(same)])
    }
  })

  it('are not empty', () => {
    for (const [key, text] of [...english, ...chinese]) expect([key, text.trim()]).not.toEqual([key, ''])
  })
})

// Words of a feature are fetched with its pages, so elsewhere they may not be there.
it('only those of the same feature, and those of all pages, are used', () => {
  const names = Object.keys(en).filter(name => Object.keys(OF_FEATURES).some(path => path.includes(`/${name}/`)))
  expect(names).toContain('studio')
  for (const [path, text] of Object.entries(sources)) {
    const used = [...text.matchAll(/useTranslation\('(\w+)'\)|[\s({,?:]['`](\w+):[a-z_]/g)]
    for (const [, namespace, prefix] of used) {
      const name = namespace ?? prefix ?? ''
      if (names.includes(name)) expect([path, name]).toEqual([expect.stringContaining(`/features/${name}/`), name])
    }
  }
})
