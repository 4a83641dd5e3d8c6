import { expect, it } from 'vitest'
import { exampleDecision } from '../fixtures'
import { linesOf, placeInGroup, step } from './lines'

const of = (person: number | null, group: number | null = null) => ({ decision: exampleDecision({ person, group }) })
const items = [of(0), of(0), of(0), of(1), of(null)]

it('begins a new line below the name of each person', () => {
  expect(linesOf(items, 2, true)).toEqual([
    { kind: 'person', person: 0 },
    { kind: 'photos', from: 0, to: 2 },
    { kind: 'photos', from: 2, to: 3 },
    { kind: 'person', person: 1 },
    { kind: 'photos', from: 3, to: 4 },
    { kind: 'person', person: null },
    { kind: 'photos', from: 4, to: 5 },
  ])
})

it('names nobody where there is only one', () => {
  expect(linesOf(items, 3, false)).toEqual([
    { kind: 'photos', from: 0, to: 3 },
    { kind: 'photos', from: 3, to: 5 },
  ])
})

it('leads up and down past the names, as far as a line goes', () => {
  const lines = linesOf(items, 2, true)
  expect(step(lines, 1, 'ArrowDown', 5)).toBe(2)
  expect(step(lines, 2, 'ArrowDown', 5)).toBe(3)
  expect(step(lines, 3, 'ArrowUp', 5)).toBe(2)
  expect(step(lines, 4, 'ArrowDown', 5)).toBe(4)
  expect(step(lines, 4, 'ArrowRight', 5)).toBe(4)
  expect([step(lines, 3, 'Home', 5), step(lines, 0, 'End', 5)]).toEqual([0, 4])
})

it('tells where a group of duplicates begins and ends', () => {
  const group = [of(0, 7), of(0, 7), of(0, 7), of(0), of(0, 8)]
  expect([0, 1, 2, 3, 4].map(index => placeInGroup(group, index))).toEqual([
    { first: true, last: false },
    { first: false, last: false },
    { first: false, last: true },
    null,
    null,
  ])
})
