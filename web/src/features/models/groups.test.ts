import { expect, it } from 'vitest'
import { adviceIn } from '@/features/models/advice'
import { grouped, stateOf } from '@/features/models/groups'
import { usageOf } from '@/features/models/licences'
import { pullWords } from '@/features/models/pullWords'
import type { Model } from '@/lib/data/offers'

const model = (id: string, changes: Partial<Model> = {}): Model => ({
  id,
  title: id,
  task: 'upscale',
  scale: 4,
  licence: 'MIT',
  state: 'installed',
  warm: false,
  bytes: 1000,
  own: false,
  verified: true,
  fetchable: false,
  reason: null,
  memory: null,
  ...changes,
})

const MODELS = [
  model('detector', { task: 'faces' }),
  model('x4', { title: 'Real-ESRGAN', state: 'can be fetched' }),
  model('poser', { task: 'pose', state: 'by hand' }),
  model('new', { task: 'a task of tomorrow' }),
]
const names = (text = '', shown: 'all' | 'here' | 'missing' = 'all') =>
  grouped(MODELS, text, shown).map(group => [group.name, group.models.map(one => one.id)])

it('puts models together by what they are for, and keeps those of a task it does not know', () => {
  expect(names()).toEqual([
    ['upscale', ['x4']],
    ['people', ['detector', 'poser']],
    ['other', ['new']],
  ])
})

it('finds by name, task and licence, whatever the letters', () => {
  expect(names('real-esr')).toEqual([['upscale', ['x4']]])
  expect(names('POSE')).toEqual([['people', ['poser']]])
  expect(names('nothing is called that')).toEqual([])
})

it('shows those that are here, or those that are not', () => {
  expect(names('', 'here').flatMap(([, ids]) => ids)).toEqual(['detector', 'new'])
  expect(names('', 'missing').flatMap(([, ids]) => ids)).toEqual(['x4', 'poser'])
})

it('takes a state that it does not know for one where a person has to look', () => {
  expect(stateOf({ state: 'installed' })).toBe('here')
  expect(stateOf({ state: 'a state of tomorrow' })).toBe('by_hand')
})

it('never calls a licence free that it does not know', () => {
  expect(usageOf('BSD-3-Clause')).toBe('free')
  expect(usageOf('S-Lab-1.0')).toBe('not_commercial')
  expect(usageOf('CC-BY-NC-4.0')).toBe('not_commercial')
  expect(usageOf('see-its-page')).toBe('ask')
})

it('finds the command and the address in what the service advises', () => {
  const reason = 'x (x.pth from https://example.org/x.pth) has to be accepted (run `safelight models pull x`, or more)'
  expect(adviceIn(reason)).toEqual({ command: 'safelight models pull x', address: 'https://example.org/x.pth' })
  expect(adviceIn('put the file there')).toEqual({ command: null, address: null })
})

it('says how far a fetch is in the units of people', () => {
  const said = (message: string) => pullWords(message, 'processing', false)
  expect(said('fetching 1.2 of 33 MB')).toBe('1.2 MB of 33 MB')
  expect(said('fetching 4.0 MB')).toBe('4 MB fetched')
  expect(said('fetching 33 of 33 MB')).toBe('Checking it')
  expect(said('looking for a place to fetch it from')).toBe('Looking for where to fetch it from')
  expect(pullWords('', 'pending', false)).toBe('Waits for its turn')
  expect(pullWords('fetching 1.2 of 33 MB', 'processing', true)).toBe('Stopping')
})
