import { describe, expect, it } from 'vitest'
import type { Style } from '@/lib/data/offers'
import type { Comfy, ComfyServer } from '@/lib/data/useComfy'
import type { Step } from '@/lib/draft'
import { inStyle, painterOf, styleIn } from './painter'

const clay: Style = {
  id: 'clay',
  title: 'Clay',
  summary: '',
  prompt: 'Clay Style',
  network: false,
  local: true,
  own: false,
}
const mist: Style = { ...clay, id: 'mist', prompt: '', network: true }
const noir: Style = { ...clay, id: 'noir', local: false, own: true }
const styles = [clay, mist, noir]
const pool = (...states: ComfyServer['state'][]): Comfy => ({
  servers: states.map(state => ({ state }) as ComfyServer),
  waiting: 0,
})
const step = (more: object = {}): Step => ({ operation: 'stylize', ...more })

describe('what paints a style', () => {
  it('is ComfyUI where there is a server and a prompt, if nobody says otherwise', () => {
    expect(painterOf(step(), styles, pool('up'))).toEqual({
      by: 'comfyui',
      prompted: true,
      here: true,
      refused: null,
      waits: false,
    })
    expect(painterOf(step({ backend: 'local' }), styles, pool('up')).by).toBe('local')
  })

  it('is this machine where ComfyUI cannot, and why is told', () => {
    expect(painterOf(step(), styles, pool())).toMatchObject({ by: 'local', refused: 'no_servers' })
    expect(painterOf(step({ style: 'mist' }), styles, pool('up'))).toMatchObject({ by: 'local', refused: 'no_prompt' })
    expect(painterOf(step({ mix: { mist: 1 } }), styles, pool('up'))).toMatchObject({ by: 'local', prompted: false })
    expect(painterOf(step({ picture: 'data:' }), styles, pool('up')).refused).toBe('no_prompt')
  })

  it('is never this machine where only ComfyUI can', () => {
    for (const backend of ['auto', 'local', 'comfyui'])
      expect(painterOf(step({ style: 'noir', backend }), styles, pool('up'))).toMatchObject({
        by: 'comfyui',
        here: false,
      })
    expect(painterOf(step({ style: 'noir' }), styles, pool())).toMatchObject({ by: 'comfyui', refused: 'no_servers' })
    expect(inStyle(step({ backend: 'local' }), noir)).toEqual(step({ style: 'noir' }))
  })

  it('has to be waited for while no server works', () => {
    expect(painterOf(step(), styles, pool('resting', 'unknown')).waits).toBe(true)
    expect(painterOf(step(), styles, pool('resting', 'trying')).waits).toBe(false)
    expect(painterOf(step({ backend: 'local' }), styles, pool('resting')).waits).toBe(false)
  })
})

describe('another style', () => {
  it('keeps what was set, but for what cannot go with it', () => {
    const before = step({ style: 'clay', strength: 0.9, seed: 7, backend: 'comfyui', mix: null })
    expect(inStyle(before, clay)).toEqual(step({ style: 'clay', strength: 0.9, seed: 7, backend: 'comfyui' }))
    expect(inStyle(before, mist)).toEqual(step({ style: 'mist', strength: 0.9, seed: 7 }))
    expect(inStyle(step({ mix: { mist: 1 }, backend: 'local' }), mist)).toEqual(
      step({ style: 'mist', backend: 'local' }),
    )
    expect(inStyle(undefined, clay)).toEqual(step({ style: 'clay' }))
  })

  it('is what a step without one is called after, unless a blend or a picture says it', () => {
    expect(styleIn(step())).toBe('clay')
    expect(styleIn(step({ style: 'mist', mix: null }))).toBe('mist')
    expect(styleIn(step({ picture: 'data:' }))).toBeNull()
    expect(styleIn({ operation: 'upscale' })).toBeNull()
  })
})
