import { describe, expect, it } from 'vitest'
import { words as en } from '@/lib/i18n/en'
import { words as zh } from '@/lib/i18n/zh'

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
