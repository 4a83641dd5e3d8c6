import { expect, it } from 'vitest'
import { exampleTask } from '@/../tests/exampleTask'
import { paintedOf, paintedWords } from '@/lib/made/painted'

const params = (operation: string) => ({ recipe: { name: 'x', steps: [{ operation }] } })
const result = (...servers: (string | undefined)[]) => ({
  width: 8,
  height: 8,
  executions: servers.map(server => ({ operation: 'stylize', ...(server ? { server } : {}) })),
})

it('names the servers that painted, each once', () => {
  const painted = paintedOf(
    exampleTask({ backend: 'comfyui', result: result('http://a', undefined, 'http://b', 'http://a') }),
  )
  expect(painted).toEqual({ by: 'comfyui', servers: ['http://a', 'http://b'] })
  expect(painted && paintedWords(painted)).toBe('ComfyUI, http://a, http://b')
})

it('says before it is done what will paint', () => {
  const painted = paintedOf(exampleTask({ backend: 'comfyui', status: 'pending', result: null }))
  expect(painted && paintedWords(painted)).toBe('ComfyUI')
})

it('is this machine for a style that no server painted', () => {
  const painted = paintedOf(exampleTask({ params: params('stylize'), result: result(undefined) }))
  expect(painted && paintedWords(painted)).toBe('This machine')
})

it('is nothing where nothing is painted', () => {
  expect(paintedOf(exampleTask())).toBeNull()
})
