import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it } from 'vitest'
import { account, answerAlso, answering, askedFor, refusal, show } from '@/../tests/answering'
import { SignIn } from '@/features/session/SignIn'
import { keys } from '@/lib/api/keys'
import { credentials } from '@/lib/api/place'

const POST = 'POST /api/v1/session'

beforeEach(() => answering({ [POST]: { needed: true, signed_in: true } }))

const field = () => screen.findByLabelText('Token')

it('lets in with the token, without the spaces it was pasted with, and asks for everything anew', async () => {
  const { queries } = show(<SignIn />)
  queries.setQueryData(['sums', 'stats'], 'of before')
  queries.setQueryData(keys.session(), account({ signed_in: false }))
  answerAlso({ 'GET /api/v1/account': account({ via: 'token' }) })
  await userEvent.type(await field(), '  secret \n')
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await waitFor(() => expect(queries.getQueryData(keys.session())).toMatchObject({ via: 'token', signed_in: true }))
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

const IN = 'POST /api/v1/account/sign-in'
const signedOut = account({ accounts: true, signed_in: false, via: null, role: null, scopes: [] })
const anna = account({ accounts: true, user: 'anna', role: 'user', via: 'session', csrf: 'c1', scopes: ['tasks:read'] })
const withAccounts = (more: Record<string, object> = {}) =>
  answering({
    'GET /api/v1/account': signedOut,
    'GET /api/v1/session': { needed: false, signed_in: false },
    ...more,
  })
const enter = async (name: string, password: string) => {
  await userEvent.type(await screen.findByLabelText('Name'), name)
  await userEvent.type(screen.getByLabelText('Password'), `${password}{Enter}`)
}

it('lets in with name and password, and keeps what later requests have to show', async () => {
  withAccounts({ [IN]: anna })
  const { queries } = show(<SignIn />)
  await enter('Anna', 'correct horse')
  await waitFor(() => expect(queries.getQueryData(keys.session())).toEqual(anna))
  expect(askedFor(IN).map(one => one.body)).toEqual([{ name: 'Anna', password: 'correct horse' }])
  expect(credentials()).toEqual({ 'X-CSRF-Token': 'c1' })
})

it('says what to do when name or password is wrong, and asks nobody without both', async () => {
  withAccounts({ [IN]: refusal(401, 'not_signed_in', 'the name or the password is wrong') })
  show(<SignIn />)
  await screen.findByLabelText('Name')
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(await screen.findByText('Type your name.')).toBeVisible()
  expect(screen.getByText('Type your password.')).toBeVisible()
  expect(askedFor(IN)).toHaveLength(0)
  await enter('anna', 'guess')
  expect(await screen.findByText(/Name or password is wrong/)).toBeVisible()
  await userEvent.type(screen.getByLabelText('Password'), 'x')
  expect(screen.queryByText(/Name or password is wrong/)).toBeNull()
})

it('counts down after too many tries, and asks nobody meanwhile', async () => {
  withAccounts({
    [IN]: refusal(429, 'too_many_tries', 'too many wrong tries came from this address; try again in 2 seconds'),
  })
  show(<SignIn />)
  await enter('anna', 'guess')
  expect(await screen.findByText(/Try again in [12] seconds?\./)).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(askedFor(IN)).toHaveLength(1)
  answerAlso({ [IN]: anna })
  await waitFor(() => expect(screen.queryByText(/Try again in/)).toBeNull())
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await waitFor(() => expect(askedFor(IN)).toHaveLength(2))
})

it('offers the token beside the name only where there is one', async () => {
  withAccounts()
  const { unmount } = show(<SignIn />)
  expect(await screen.findByLabelText('Name')).toBeVisible()
  await waitFor(() => expect(askedFor('GET /api/v1/session')).toHaveLength(1))
  expect(screen.queryByRole('button', { name: 'Use the token of the service' })).toBeNull()
  unmount()
  answerAlso({ 'GET /api/v1/session': { needed: true, signed_in: false } })
  show(<SignIn />)
  await userEvent.click(await screen.findByRole('button', { name: 'Use the token of the service' }))
  expect(await field()).toBeVisible()
})

it('says where neither would help that nobody is let in from there', async () => {
  answering({
    'GET /api/v1/account': account({ signed_in: false, via: null, scopes: [] }),
    'GET /api/v1/session': { needed: false, signed_in: false },
  })
  show(<SignIn />)
  expect(await screen.findByRole('heading', { name: 'Not from here' })).toBeVisible()
})
