import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import { expect, it } from 'vitest'
import { answering, askedFor, show } from '@/../tests/answering'
import { Rail } from '@/app/Rail'

const health = (servers: object[]) => ({ status: 'ok', comfyui: { servers, waiting: 0 } })
const place = () => screen.queryByRole('link', { name: 'Workflows' })

it('leads to the workflows where there are servers for them', async () => {
  answering({ 'GET /health': health([{ name: 'http://one:8188' }]), 'GET /api/v1/workflows': [{ own: false }] })
  show(<Rail />)
  await waitFor(() => expect(place()).toHaveAttribute('href', '/workflows'))
})

it('leads to the workflows where somebody added one', async () => {
  answering({ 'GET /health': health([]), 'GET /api/v1/workflows': [{ own: false }, { own: true }] })
  show(<Rail />)
  await waitFor(() => expect(place()).not.toBeNull())
})

it('says nothing of workflows where nobody has a use for them', async () => {
  answering({ 'GET /health': health([]), 'GET /api/v1/workflows': [{ own: false }] })
  show(<Rail />)
  await waitFor(() => expect(askedFor('GET /api/v1/workflows')).toHaveLength(1))
  expect(await screen.findByRole('link', { name: 'Models' })).toBeVisible()
  expect(place()).toBeNull()
})
