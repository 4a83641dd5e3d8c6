import '@/../tests/answering'
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { answering, show } from '@/../tests/answering'
import type { Draft } from '@/lib/draft'
import { MoreSettings } from './MoreSettings'

const params = {
  properties: {
    seed: { type: 'integer', minimum: 0, maximum: 2 ** 53 - 1, default: 0 },
    largest: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 5 },
    custom_prompt: { type: 'string', maxLength: 10_000, default: '' },
  },
}
const draft: Draft = {
  preset: 'x',
  title: '',
  steps: [{ operation: 'stylize' }],
  format: 'png',
  quality: null,
  lossless: false,
  strip: 'none',
  tile: null,
}

it('shows every parameter once somebody wants to see it, in a form that a hand can set', async () => {
  answering({
    'GET /api/v1/operations': [{ id: 'stylize', title: 'Stylize', summary: '', params }],
    'GET /api/v1/presets': [],
  })
  show(<MoreSettings draft={draft} onChange={() => undefined} />)
  expect(screen.queryByRole('region', { name: 'Stylize' })).toBeNull()
  await userEvent.click(await screen.findByRole('button', { name: 'More settings' }))
  expect(await screen.findByRole('region', { name: 'Stylize' })).toBeVisible()
  expect(screen.getByRole('button', { name: 'New seed' })).toBeVisible()
  expect(screen.getByRole('spinbutton', { name: 'Largest' })).toHaveValue(5)
  expect(screen.getByRole('textbox', { name: 'Custom prompt' }).tagName).toBe('TEXTAREA')
  expect(screen.queryByRole('slider')).toBeNull()
})
