import { beforeEach, expect, it, vi } from 'vitest'
import { credentials, home } from '@/lib/api/place'
import { know, known, onKnown, page } from '@/lib/api/whose'
import { setPreferences } from '@/lib/preferences'

beforeEach(() => {
  page.reload = vi.fn()
  setPreferences({ other: '', otherToken: '' })
})

it('keeps who signed in last and what requests show, and knows the first again after a session has ended', () => {
  know({ user: 'anna', csrf: 'one' })
  expect(credentials()).toEqual({ 'X-CSRF-Token': 'one' })
  expect(home()).toBe('#anna')
  know({ user: null, csrf: '' })
  expect(credentials()).toEqual({})
  expect(home()).toBe('#anna')
})

it('begins with a new page for somebody else, and for nobody twice', () => {
  know({ user: 'anna', csrf: 'one' })
  vi.mocked(page.reload).mockClear()
  know({ user: 'anna', csrf: 'two' })
  expect(page.reload).not.toHaveBeenCalled()
  know({ user: 'boris', csrf: 'three' })
  expect(page.reload).toHaveBeenCalledOnce()
  expect(home()).toBe('#boris')
})

it('hears from other pages who signed in there', () => {
  know({ user: 'anna', csrf: 'one' })
  vi.mocked(page.reload).mockClear()
  const heard = vi.fn()
  const quit = onKnown(heard)
  localStorage.setItem('safelight.account', JSON.stringify({ user: 'boris', csrf: 'of boris' }))
  window.dispatchEvent(new StorageEvent('storage', { key: 'safelight.account' }))
  expect(heard).toHaveBeenCalledOnce()
  expect(page.reload).toHaveBeenCalledOnce()
  expect(known()).toEqual({ user: 'boris', csrf: 'of boris' })
  quit()
})

it('shows nothing of this service to another one', () => {
  know({ user: 'anna', csrf: 'one' })
  setPreferences({ other: 'http://studio.local:8000', otherToken: 'secret' })
  expect(credentials()).toEqual({ Authorization: 'Bearer secret' })
  expect(home()).toBe('http://studio.local:8000')
})
