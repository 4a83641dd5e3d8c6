import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, it } from 'vitest'
import { answering, show } from '@/../tests/answering'
import type { Draft, Step } from '@/lib/draft'
import { Cards } from './Cards'
import { MainControls } from './MainControls'

const BIG = 2 ** 53 - 1
const params = {
  properties: {
    style: { type: 'string', default: 'clay', maxLength: 100 },
    strength: { type: 'number', minimum: 0, maximum: 1, default: 0.6 },
    backend: { $ref: '#/$defs/Backend', default: 'auto' },
    seed: { type: 'integer', minimum: 0, maximum: BIG, default: 0 },
    custom_prompt: { type: 'string', maxLength: 10_000, default: '' },
    preserve_color: { type: 'boolean', default: false, title: 'Keep the colours' },
  },
  $defs: { Backend: { type: 'string', enum: ['auto', 'local', 'comfyui'] } },
}
const workflow = {
  properties: {
    workflow: { type: 'string', default: 'style', pattern: '^[a-z]+$' },
    prompt: { type: 'string', maxLength: 10_000, default: '' },
  },
}
const clay = {
  id: 'clay',
  title: 'Clay',
  summary: 'Soft shapes.',
  prompt: 'Clay Style, lovely',
  network: false,
  local: true,
}
const own = {
  id: 'house_style',
  title: 'Our house style',
  summary: '',
  prompt: 'ink & <b>wash</b>',
  network: false,
  local: false,
  own: true,
}
const mist = { id: 'mist', title: 'Mist', summary: '', prompt: '', network: true, local: true }
const server = { name: 'http://one:8188', state: 'up' }

let now: Draft

function Panel({ step }: { step: Step }) {
  const [draft, setDraft] = useState<Draft>({
    preset: 'x',
    title: '',
    steps: [step],
    format: 'png',
    quality: null,
    lossless: false,
    strip: 'none',
    tile: null,
  })
  now = draft
  return (
    <>
      <Cards draft={draft} onChange={setDraft} />
      <MainControls draft={draft} onChange={setDraft} />
    </>
  )
}

function open(servers: object[], step: Step = { operation: 'stylize' }) {
  answering({
    'GET /api/v1/presets': [],
    'GET /api/v1/styles': [clay, mist, own],
    'GET /api/v1/operations': [
      { id: 'stylize', title: 'Stylize', summary: '', params },
      { id: 'comfyui', title: 'ComfyUI workflow', summary: '', params: workflow },
    ],
    'GET /api/v1/workflows': [
      { name: 'style', error: null },
      { name: 'ours', error: null },
      { name: 'broken', error: 'no' },
    ],
    'GET /health': { status: 'ok', comfyui: { servers, waiting: 0 } },
  })
  show(<Panel step={step} />)
}

const card = (name: string) => screen.findByRole('button', { name })
const backend = (name: string) => screen.findByRole('radio', { name })
const prompt = () => screen.findByRole('textbox', { name: 'Custom prompt' })

it('shows the prompt of a style, also of one without a picture', async () => {
  open([])
  expect(await screen.findByText('Clay Style, lovely')).toBeVisible()
  await userEvent.click(await card('Our house style'))
  expect(await screen.findByText('ink & <b>wash</b>')).toBeVisible()
  expect(await card('Our house style')).toHaveAttribute('aria-pressed', 'true')
  expect(now.steps).toEqual([{ operation: 'stylize', style: 'house_style' }])
  await userEvent.click(await card('Mist'))
  expect(await screen.findByText('It has no prompt: this machine paints it.')).toBeVisible()
  expect(screen.queryByRole('textbox', { name: 'Custom prompt' })).toBeNull()
})

it('says that a prompt is not read where there is no server, and offers no choice', async () => {
  open([])
  expect(await prompt()).toHaveAccessibleDescription(/does not read prompts/)
  expect(screen.queryByRole('radio', { name: 'ComfyUI' })).toBeNull()
  expect(screen.queryByRole('textbox', { name: 'Seed' })).toBeNull()
})

it('lets ComfyUI paint where there is a server, with a prompt and a seed', async () => {
  open([server])
  expect(await backend('Auto')).toBeChecked()
  expect(await screen.findByText('ComfyUI paints it, and reads the prompt.')).toBeVisible()
  expect(screen.queryByRole('switch', { name: 'Keep the colours' })).toBeNull()
  await userEvent.type(await prompt(), 'a "red" scarf')
  const seed = screen.getByRole('textbox', { name: 'Seed' })
  expect(seed).toHaveValue('0')
  await userEvent.click(screen.getByRole('button', { name: 'New seed' }))
  await waitFor(() => expect(seed).not.toHaveValue('0'))
  expect(now.steps).toEqual([
    { operation: 'stylize', custom_prompt: 'a "red" scarf', seed: Number(now.steps[0]?.seed) },
  ])
  await userEvent.clear(seed)
  await userEvent.type(seed, `${BIG}9`)
  expect(now.steps[0]?.seed).toBe(BIG)
})

it('lets this machine paint where that is asked, and says what it does not read', async () => {
  open([server])
  await userEvent.click(await backend('This machine'))
  expect(now.steps).toEqual([{ operation: 'stylize', backend: 'local' }])
  expect(screen.getByText(/^This machine paints it/)).toBeVisible()
  expect(await prompt()).toHaveAccessibleDescription(/does not read prompts/)
  expect(await screen.findByRole('switch', { name: 'Keep the colours' })).toBeVisible()
})

it('says why ComfyUI cannot paint a style, and does not let it be chosen', async () => {
  open([server], { operation: 'stylize', backend: 'comfyui' })
  await userEvent.click(await card('Mist'))
  const there = await backend('ComfyUI')
  expect(there).toHaveAttribute('aria-disabled', 'true')
  expect(screen.getByText(/ComfyUI paints styles that have a prompt/)).toBeVisible()
  await userEvent.click(there)
  expect(now.steps).toEqual([{ operation: 'stylize', style: 'mist' }])
})

it('does not let this machine be chosen for a style that it cannot paint', async () => {
  open([server])
  await userEvent.click(await card('Our house style'))
  const here = await backend('This machine')
  expect(here).toHaveAttribute('aria-disabled', 'true')
  await userEvent.click(here)
  expect(now.steps).toEqual([{ operation: 'stylize', style: 'house_style' }])
})

it('says that photos wait while no server works', async () => {
  open([{ ...server, state: 'resting' }])
  expect(await screen.findByText(/^No ComfyUI server works now/)).toBeVisible()
})

it('offers the workflows that can be used, and keeps one that is gone', async () => {
  open([server], { operation: 'comfyui', workflow: 'gone' })
  const choice = await screen.findByRole('combobox', { name: 'Workflow' })
  expect(choice).toHaveValue('gone')
  await userEvent.selectOptions(choice, await screen.findByRole('option', { name: 'ours' }))
  expect(screen.queryByRole('option', { name: 'broken' })).toBeNull()
  expect(now.steps).toEqual([{ operation: 'comfyui', workflow: 'ours' }])
  expect(screen.getByRole('textbox', { name: 'Prompt' }).tagName).toBe('TEXTAREA')
})
