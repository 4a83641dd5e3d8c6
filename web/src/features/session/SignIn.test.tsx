import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it } from 'vitest'
import { answerAlso, answering, askedFor, refusal, show } from '@/../tests/answering'
import { SignIn } from '@/features/session/SignIn'
import { keys } from '@/lib/api/keys'

const POST = 'POST /api/v1/session'

beforeEach(() => answering({ [POST]: { needed: true, signed_in: true } }))

const field = () => screen.findByLabelText('Token')

it('lets in with the token, without the spaces it was pasted with, and asks for everything anew', async () => {
  const { queries } = show(<SignIn />)
  queries.setQueryData(['sums', 'stats'], 'of before')
  await userEvent.type(await field(), '  secret \n')
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await waitFor(() => expect(queries.getQueryData(keys.session())).toEqual({ needed: true, signed_in: true }))
  expect(askedFor(POST).map(one => one.body)).toEqual([{ token: 'secret' }])
  expect(queries.getQueryState(['sums', 'stats'])?.isInvalidated).toBe(true)
})

it('says beside the field that the token is wrong, until it is changed', async () => {
  answering({ [POST]: refusal(401, 'not_signed_in', 'this is not the token of this service') })
  show(<SignIn />)
  await userEvent.type(await field(), 'guess{Enter}')
  expect(await screen.findByText(/This is not the token of this service/)).toBeVisible()
  expect(await field()).toBeInvalid()
  await userEvent.type(await field(), 'x')
  expect(await field()).toBeValid()
})

it('asks nobody without a token', async () => {
  show(<SignIn />)
  await userEvent.click(await screen.findByRole('button', { name: 'Sign in' }))
  expect(screen.getByText('Paste the token first.')).toBeVisible()
  expect(askedFor(POST)).toHaveLength(0)
})

it('says when the service does not answer, and tries again when asked', async () => {
  answering({})
  show(<SignIn />)
  await userEvent.type(await field(), 'secret{Enter}')
  expect(await screen.findByText(/The service does not answer/)).toBeVisible()
  answerAlso({ [POST]: { needed: true, signed_in: true } })
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await waitFor(() => expect(askedFor(POST)).toHaveLength(2))
})

it('shows and hides what was typed', async () => {
  show(<SignIn />)
  expect(await field()).toHaveAttribute('type', 'password')
  await userEvent.click(screen.getByRole('button', { name: 'Show the token' }))
  expect(await field()).toHaveAttribute('type', 'text')
})
