import { describe, expect, it } from 'vitest'
import { allOf, EMPTY, ofPicked, pickedOf, ranged, toggled, without } from './selection'

const order = ['a', 'b', 'c', 'd', 'e'].map(id => ({ id }))
const chosen = (...ids: string[]) => ids.reduce(toggled, EMPTY)

describe('what is chosen', () => {
  it('is chosen by a press and let go by another', () => {
    expect([...chosen('a', 'c', 'a').ids]).toEqual(['c'])
  })

  it.each([
    ['d', ['b', 'c', 'd']],
    ['a', ['b', 'a']],
  ])('grows by all between the last press and %s', (to, expected) => {
    const { ids } = ranged(chosen('b'), order, to)
    expect(new Set(ids)).toEqual(new Set(expected))
  })

  it('keeps where a range began, so that it can be made longer', () => {
    const once = ranged(chosen('b'), order, 'c')
    expect([...ranged(once, order, 'e').ids].sort()).toEqual(['b', 'c', 'd', 'e'])
  })

  it('is only the one where nothing was pressed before, or what was pressed is no longer there', () => {
    expect([...ranged(EMPTY, order, 'd').ids]).toEqual(['d'])
    expect([...ranged({ ids: new Set(), anchor: 'gone' }, order, 'd').ids]).toEqual(['d'])
  })

  it('can be all, and loses what was deleted', () => {
    const all = allOf(order)
    expect(all.ids.size).toBe(5)
    expect([...without(all, ['a', 'c']).ids]).toEqual(['b', 'd', 'e'])
    expect(without(all, ['a']).anchor).toBeNull()
  })

  it('stands in the address while it can be compared, in the order of choosing', () => {
    expect(pickedOf(EMPTY)).toBeUndefined()
    expect(pickedOf(chosen('c', 'a'))).toBe('c,a')
    expect(pickedOf(chosen('a', 'b', 'c'))).toBeUndefined()
    expect([...ofPicked('c,a').ids]).toEqual(['c', 'a'])
    expect(ofPicked(undefined).ids.size).toBe(0)
    expect(ofPicked(',,x').ids.size).toBe(1)
  })
})
