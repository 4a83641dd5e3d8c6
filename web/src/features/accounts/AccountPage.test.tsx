import '@/../tests/answering'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'
import { account, answerAlso, answering, askedFor, refusal, show } from '@/../tests/answering'
import { AccountPage } from '@/features/accounts/AccountPage'
import { UsersPage } from '@/features/accounts/UsersPage'
import { page } from '@/lib/api/whose'

const anna = account({ accounts: true, user: 'anna', role: 'user', via: 'session', scopes: ['tasks:read', 'datasets'] })
const at = '2026-01-01T00:00:00Z'
const known = {
  id: 'ab',
  user: 'anna',
  name: 'backup',
  scopes: ['tasks:read'],
  acts_for_others: false,
  created_at: at,
  expires_at: null,
  used_at: null,
}

beforeEach(() => {
  page.reload = vi.fn()
  answering({
    'GET /api/v1/account': anna,
    'GET /api/v1/keys': [],
    'GET /api/v1/account/sessions': [{ current: true, created_at: at, seen_at: at, expires_at: at }],
  })
})

it('makes a key with what one ticks and may do oneself, and tells it once', async () => {
  answerAlso({ 'POST /api/v1/keys': { key: 'sl_ab_secret', about: known } })
  show(<AccountPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Make a key' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect(dialog.queryByLabelText('Users, keys, audit log')).toBeNull()
  expect(dialog.queryByLabelText('May act for any user')).toBeNull()
  await userEvent.click(dialog.getByLabelText('Datasets and captions'))
  await userEvent.type(dialog.getByLabelText('What is it for?'), 'backup{Enter}')
  expect(await screen.findByLabelText('Key')).toHaveValue('sl_ab_secret')
  expect(askedFor('POST /api/v1/keys')[0]?.body).toMatchObject({ name: 'backup', acts_for_others: false })
  await userEvent.click(screen.getByRole('button', { name: 'I have kept it' }))
  await waitFor(() => expect(screen.queryByDisplayValue('sl_ab_secret')).toBeNull())
})

it('revokes a key only after it was asked', async () => {
  answerAlso({ 'GET /api/v1/keys': [known], 'DELETE /api/v1/keys/ab': {} })
  show(<AccountPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Revoke backup' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Revoke the key backup?' }))
  expect(askedFor('DELETE /api/v1/keys/ab')).toHaveLength(0)
  await userEvent.click(dialog.getByRole('button', { name: 'Revoke' }))
  await waitFor(() => expect(askedFor('DELETE /api/v1/keys/ab')).toHaveLength(1))
})

it('says which of two passwords is wrong', async () => {
  answerAlso({ 'POST /api/v1/account/password': refusal(403, 'forbidden', 'the password so far is another one') })
  show(<AccountPage />)
  await userEvent.type(await screen.findByLabelText('Password so far'), 'guess')
  await userEvent.type(screen.getByLabelText('New password'), 'too short{Enter}')
  expect(await screen.findByText(/A password has 10 characters at least/)).toBeVisible()
  expect(askedFor('POST /api/v1/account/password')).toHaveLength(0)
  await userEvent.type(screen.getByLabelText('New password'), ' no more{Enter}')
  expect(await screen.findByText('This is not your password.')).toBeVisible()
})

it('changes a role only after it was asked, and shows users to admins alone', async () => {
  const root = account({ accounts: true, user: 'root', via: 'session' })
  const user = { name: 'anna', role: 'user', disabled: false, has_password: true, created_at: at, signed_in_at: null }
  answerAlso({
    'GET /api/v1/account': root,
    'GET /api/v1/users': [user],
    'PATCH /api/v1/users/anna': { ...user, role: 'operator' },
  })
  const { unmount } = show(<UsersPage />)
  await userEvent.selectOptions(await screen.findByLabelText('Role of anna'), 'operator')
  const dialog = within(await screen.findByRole('dialog', { name: 'Make anna Operator?' }))
  expect(askedFor('PATCH /api/v1/users/anna')).toHaveLength(0)
  await userEvent.click(dialog.getByRole('button', { name: 'Change the role' }))
  await waitFor(() => expect(askedFor('PATCH /api/v1/users/anna').map(one => one.body)).toEqual([{ role: 'operator' }]))
  unmount()
  answerAlso({ 'GET /api/v1/account': anna })
  show(<UsersPage />)
  expect(await screen.findByText('This is for admins')).toBeVisible()
})
