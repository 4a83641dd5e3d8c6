import { describe, expect, it } from 'vitest'
import { down, row } from './fixtures'
import { changed, flat, freshOf, type RowPage, withFresh } from './rows'

const page = (numbers: number[], next: string | null = null): RowPage => ({ rows: numbers.map(one => row(one)), next })
const ids = (rows: readonly { id: string }[]) => rows.map(one => one.id)

describe('pages of the history', () => {
  it('are one list without doubles, even if a task stands on two of them', () => {
    expect(ids(flat([page([5, 4, 3], 'x'), page([3, 2], 'y'), page([]), page([2, 1])]))).toEqual(
      ids([5, 4, 3, 2, 1].map(one => row(one))),
    )
  })

  it('tell what came since they were read', () => {
    const rows = flat([page(down(60, 11), 'x')])
    expect(freshOf(undefined, rows).rows).toEqual([])
    expect(freshOf(page(down(60, 51), 'x'), rows)).toEqual({ rows: [], gap: false })
    const { rows: fresh, gap } = freshOf(page(down(63, 54), 'x'), rows)
    expect(ids(fresh)).toEqual(['t63', 't62', 't61'])
    expect(gap).toBe(false)
  })

  it('tell when more came than can be put before the list', () => {
    const rows = flat([page(down(60, 11), 'x')])
    expect(freshOf(page(down(200, 151), 'x'), rows).gap).toBe(true)
    expect(freshOf(page([2, 1]), []).gap).toBe(false)
  })

  it('take in what is new before what is there, and nothing twice', () => {
    const pages = [page([5, 4], 'x'), page([3])]
    const [first, second] = withFresh(pages, [row(7), row(6), row(5)])
    expect(ids(first?.rows ?? [])).toEqual(['t7', 't6', 't5', 't4'])
    expect(first?.next).toBe('x')
    expect(second).toBe(pages[1])
  })

  it('put an older task that matches only now where its time is', () => {
    const fresh = freshOf(page([9, 6, 4], null), flat([page([9, 4])]))
    expect(ids(fresh.rows)).toEqual(['t6'])
    expect(ids(flat(withFresh([page([9, 4])], fresh.rows)))).toEqual(['t9', 't6', 't4'])
  })

  it('change where a row changed, and stay the same objects elsewhere', () => {
    const pages = [page([5, 4], 'x'), page([3, 2])]
    const after = changed(pages, new Set(['t3']), one => ({ ...one, pinned: true }))
    expect(after[0]).toBe(pages[0])
    expect(after[1]?.rows.map(one => one.pinned)).toEqual([true, false])
    expect(ids(flat(changed(pages, new Set(['t5', 't2']), () => null)))).toEqual(['t4', 't3'])
  })
})
