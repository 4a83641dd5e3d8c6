import '@/../tests/answering'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { account, answerAlso, answering, askedFor, refusal, Status, show } from '@/../tests/answering'
import { allow, page } from '@/features/settings/other'
import { SettingsPage } from '@/features/settings/SettingsPage'
import { draftNow } from '@/lib/draft'
import { speak } from '@/lib/i18n'
import { hold } from '@/lib/leftovers'
import { type Entry, Outbox } from '@/lib/outbox'
import { preferences, setPreferences } from '@/lib/preferences'

const THERE = 'http://studio.local:8000'
const general = { name: 'general', title: 'General', summary: '', own: false, recipe: { steps: [] } }
const own = {
  name: 'album',
  title: 'Album',
  summary: '',
  own: true,
  recipe: { name: 'album', title: 'Album', steps: [{ operation: 'dehaze' }] },
}

const entry: Entry = {
  id: '',
  page: 'gone',
  base: '',
  batch: null,
  name: 'a.jpg',
  folder: '',
  size: 1,
  changed: 1,
  addedAt: 1,
  order: null,
  start: true,
  photo: null,
  refused: null,
}

beforeEach(() => {
  page.reload = vi.fn()
  allow('')
  sessionStorage.clear()
  answering({
    'GET /api/v1/account': account({ via: 'loopback' }),
    'GET /api/v1/presets': [general, own],
    'GET /api/v1/operations': [{ id: 'dehaze', title: 'Dehaze', summary: '', params: {} }],
    'GET /health': { version: '1.2.3', engine: { workers: [] } },
  })
})

afterEach(async () => {
  setPreferences({ theme: null, language: null, other: '', otherToken: '' })
  await speak('en')
})

const choose = async (name: string) => userEvent.click(await screen.findByRole('radio', { name }))
const bring = async (text: string, name = 'mine.json') => {
  await screen.findByText('Album', { selector: 'p' })
  await userEvent.upload(screen.getByLabelText('Add from a file', { selector: 'input' }), new File([text], name))
}

it('speaks the other language at once, and keeps it', async () => {
  show(<SettingsPage />)
  await choose('简体中文')
  expect(await screen.findByRole('heading', { name: '设置' })).toBeVisible()
  expect(document.documentElement.lang).toBe('zh-CN')
  expect(preferences().language).toBe('zh')
  await choose('English')
  expect(await screen.findByRole('heading', { name: 'Settings' })).toBeVisible()
  expect(document.documentElement.lang).toBe('en')
})

it('shows the other theme at once, and goes back to that of the system', async () => {
  show(<SettingsPage />)
  await choose('Light')
  expect(document.documentElement.dataset.theme).toBe('light')
  await choose('System')
  expect(document.documentElement.dataset.theme).toBe('dark')
  expect(preferences().theme).toBeNull()
})

it('keeps what is usual', async () => {
  show(<SettingsPage />)
  await screen.findByRole('option', { name: 'Album' })
  await userEvent.selectOptions(screen.getByLabelText('Preset'), 'album')
  await userEvent.selectOptions(screen.getByLabelText('Results are written as'), 'webp')
  await userEvent.click(screen.getByRole('switch', { name: 'Start as soon as photos are picked' }))
  expect(preferences()).toMatchObject({ preset: 'album', format: 'webp', startAtOnce: false })
  setPreferences({ preset: 'general', format: 'png', startAtOnce: true })
})

it('opens an own preset in the studio', async () => {
  show(<SettingsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Open in the studio' }))
  expect(draftNow()).toMatchObject({ preset: 'album', steps: [{ operation: 'dehaze' }] })
})

it('renames a preset by keeping it under the new name before the old one goes', async () => {
  const PUT = 'PUT /api/v1/presets/Wall'
  const DELETE = 'DELETE /api/v1/presets/album'
  answerAlso({ [PUT]: refusal(503, 'database_away', 'not now'), [DELETE]: {} })
  show(<SettingsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'More for Album' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Rename' }))
  const dialog = within(await screen.findByRole('dialog'))
  const name = dialog.getByLabelText('Name')
  await userEvent.clear(name)
  await userEvent.type(name, 'general{Enter}')
  expect(dialog.getByText('There is a preset of that name already.')).toBeVisible()
  await userEvent.clear(name)
  await userEvent.type(name, 'Wall{Enter}')
  expect(await dialog.findByText('not now')).toBeVisible()
  expect(askedFor(DELETE)).toHaveLength(0)
  answerAlso({ [PUT]: own })
  await userEvent.click(dialog.getByRole('button', { name: 'Rename' }))
  await waitFor(() => expect(askedFor(DELETE)).toHaveLength(1))
  expect(askedFor(PUT).at(-1)?.body).toMatchObject({ recipe: { title: 'Wall', steps: [{ operation: 'dehaze' }] } })
})

it('deletes a preset only after it was asked', async () => {
  const DELETE = 'DELETE /api/v1/presets/album'
  answerAlso({ [DELETE]: {} })
  show(<SettingsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'More for Album' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete' }))
  expect(askedFor(DELETE)).toHaveLength(0)
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }))
  await waitFor(() => expect(askedFor(DELETE)).toHaveLength(1))
})

it('says why a file is no preset: what the page sees, and what the service says', async () => {
  answerAlso({ 'PUT /api/v1/presets/mine': refusal(422, 'bad_recipe', 'step 1: no operation is called paint') })
  show(<SettingsPage />)
  await bring('{"steps": [')
  expect(await screen.findByRole('alert')).toHaveTextContent('mine.json was not added: it is not a preset file')
  await bring('{"steps": [{"operation": "paint"}]}')
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('no operation is called paint'))
  await bring('{"name": "general", "steps": []}')
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('comes with Safelight'))
})

it('adds a preset from a file, and asks before it takes the place of another', async () => {
  answerAlso({ 'PUT /api/v1/presets/mine': own, 'PUT /api/v1/presets/album': own })
  show(<SettingsPage />)
  await bring('{"steps": [{"operation": "dehaze"}]}')
  expect(await screen.findByText('mine is added.')).toBeVisible()
  await bring('{"name": "album", "steps": [{"operation": "dehaze"}]}')
  expect(await screen.findByRole('dialog', { name: 'Replace album?' })).toBeVisible()
  expect(askedFor('PUT /api/v1/presets/album')).toHaveLength(0)
  await userEvent.click(screen.getByRole('button', { name: 'Replace it' }))
  await waitFor(() => expect(askedFor('PUT /api/v1/presets/album')).toHaveLength(1))
})

it('has a way out where one had to sign in, and none elsewhere', async () => {
  const { unmount } = show(<SettingsPage />)
  await screen.findByText('Album', { selector: 'p' })
  expect(screen.queryByRole('button', { name: 'Sign out' })).toBeNull()
  unmount()
  answerAlso({
    'GET /api/v1/account': account({ via: 'token' }),
    'DELETE /api/v1/session': { needed: true, signed_in: false },
  })
  const { queries } = show(<SettingsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }))
  await waitFor(() => expect(queries.getQueryData(['session'])).toMatchObject({ signed_in: false, scopes: [] }))
})

/** A photo that waits in this browser, for the service of this page or for another one. */
const waits = (id: string, other = '') =>
  new Outbox().add({ ...entry, id, base: other }, new Blob([id])).then(kept => expect(kept).toBe(true))
const waiting = async () => (await new Outbox().load()).map(one => one.id)

it('asks before it signs out while photos wait to be sent, and discards them only where that is wanted', async () => {
  await waits('kept')
  await waits('elsewhere', THERE)
  const held = ['kept', 'not kept yet']
  const clear = vi.fn()
  const letGo = hold({ ids: () => held, clear })
  answerAlso({
    'GET /api/v1/account': account({ via: 'token' }),
    'DELETE /api/v1/session': refusal(500, 'internal', 'not now'),
  })
  const { queries } = show(<SettingsPage />)
  const out = await screen.findByRole('button', { name: 'Sign out' })
  const discard = async () => {
    await userEvent.click(out)
    const asking = await screen.findByRole('dialog', { name: '2 photos were not sent yet' })
    return within(asking)
  }
  await userEvent.click((await discard()).getByRole('button', { name: 'Cancel' }))
  expect(askedFor('DELETE /api/v1/session')).toHaveLength(0)

  // What waits is not lost where one stays signed in.
  await userEvent.click((await discard()).getByRole('button', { name: 'Discard and sign out' }))
  await waitFor(() => expect(askedFor('DELETE /api/v1/session')).toHaveLength(1))
  expect(clear).not.toHaveBeenCalled()
  expect(await waiting()).toEqual(['elsewhere', 'kept'])

  answerAlso({ 'DELETE /api/v1/session': { needed: true, signed_in: false } })
  await userEvent.click((await discard()).getByRole('button', { name: 'Discard and sign out' }))
  await waitFor(() => expect(queries.getQueryData(['session'])).toMatchObject({ signed_in: false, scopes: [] }))
  expect(clear).toHaveBeenCalledOnce()
  expect(await waiting()).toEqual(['elsewhere'])
  letGo()
})

const type = async (address: string, token = '') => {
  await userEvent.type(await screen.findByLabelText('Address'), address)
  if (token) await userEvent.type(screen.getByLabelText('Token'), token)
  await userEvent.click(screen.getByRole('button', { name: 'Test connection' }))
}

it('loads the page anew before it asks another Safelight, as its policy would not let it', async () => {
  const { unmount } = show(<SettingsPage />)
  await type('studio.local:8000', 'secret')
  expect(page.reload).toHaveBeenCalledOnce()
  expect(askedFor(`GET ${THERE}/health`)).toHaveLength(0)
  unmount()
  answerAlso({ [`GET ${THERE}/health`]: { version: '2.0.0' }, [`GET ${THERE}/api/v1/stats`]: {} })
  show(<SettingsPage />)
  expect(await screen.findByText(`Safelight 2.0.0 answers at ${THERE} and lets this page in.`)).toBeVisible()
  expect(askedFor(`GET ${THERE}/api/v1/stats`)[0]?.headers.get('Authorization')).toBe('Bearer secret')
  await userEvent.click(screen.getByRole('button', { name: 'Work with it' }))
  expect(preferences()).toMatchObject({ other: THERE, otherToken: 'secret' })
  expect(document.cookie).toContain('safelight_other=http%3A%2F%2Fstudio.local%3A8000')
})

it.each([
  ['nobody answers', {}, /SAFELIGHT_CORS_ORIGINS=http:\/\/localhost/],
  ['something else answers', { health: { hello: 'world' } }, /it is not Safelight/],
  ['the token is wrong', { health: { version: '2' }, stats: refusal(401, 'not_signed_in', '') }, /not its token/],
  ['it refuses', { health: new Status(403, { error: { message: 'not by that name' } }) }, /refuses: not by that name/],
])('says what is wrong when %s', async (_what, said: { health?: object; stats?: object }, words) => {
  allow(THERE)
  answerAlso({
    ...(said.health ? { [`GET ${THERE}/health`]: said.health } : {}),
    ...(said.stats ? { [`GET ${THERE}/api/v1/stats`]: said.stats } : {}),
  })
  show(<SettingsPage />)
  await type(THERE)
  expect(await screen.findByText(words)).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Work with it' })).toBeNull()
})

it('says that an address is none before anything is asked', async () => {
  show(<SettingsPage />)
  await type('http://studio.local/app')
  expect(screen.getByText(/This is no address of a service/)).toBeVisible()
  expect(page.reload).not.toHaveBeenCalled()
})

it('goes back to the Safelight of this page', async () => {
  setPreferences({ other: THERE, otherToken: 'secret' })
  show(<SettingsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Back to this one' }))
  expect(preferences()).toMatchObject({ other: '', otherToken: '' })
  expect(document.cookie).not.toContain('safelight_other')
  expect(page.reload).toHaveBeenCalledOnce()
})
