import { beforeEach, expect, it } from 'vitest'
import { allow, mayAsk, obstacle, originOf, takeTrying } from '@/features/settings/other'

beforeEach(() => {
  allow('')
  sessionStorage.clear()
})

it('reads the origin of what people type', () => {
  expect(originOf(' http://Studio.local:8000/ ')).toBe('http://studio.local:8000')
  expect(originOf('studio.local:8000')).toBe('http://studio.local:8000')
  expect(originOf('https://photos.example.org')).toBe('https://photos.example.org')
  expect(originOf('http://[::1]:8000')).toBe('http://[::1]:8000')
})

it.each([
  '',
  'http://',
  'ftp://studio.local',
  'http://studio.local/app',
  'http://studio.local?x=1',
  'http://me:secret@studio.local',
  "http://a.b; script-src 'unsafe-inline'",
  'http://under_score.local',
  `http://${'a'.repeat(300)}.local`,
])('takes %j for no origin', typed => {
  expect(originOf(typed)).toBeNull()
})

it('knows what a page may not ask, whatever is there', () => {
  const secure = { origin: 'https://here.example', protocol: 'https:' }
  expect(obstacle('https://here.example', secure)).toBe('same')
  expect(obstacle('http://studio.local:8000', secure)).toBe('mixed')
  expect(obstacle('http://127.0.0.1:8000', secure)).toBeNull()
  expect(obstacle('http://studio.local:8000', { origin: 'http://here', protocol: 'http:' })).toBeNull()
})

it('lets the page ask one address at a time, by a cookie', () => {
  expect(mayAsk('http://a.local:1')).toBe(false)
  allow('http://a.local:1')
  expect(document.cookie).toContain('safelight_other=http%3A%2F%2Fa.local%3A1')
  expect(mayAsk('http://a.local:1')).toBe(true)
  expect(mayAsk('http://a.local:10')).toBe(false)
  allow('')
  expect(document.cookie).not.toContain('safelight_other')
})

it('tells once what was to be tried, and nothing of what is broken', () => {
  sessionStorage.setItem('safelight.trying', '{"origin":"http://a.local","token":"t"}')
  expect(takeTrying()).toEqual({ origin: 'http://a.local', token: 't' })
  expect(takeTrying()).toBeNull()
  sessionStorage.setItem('safelight.trying', '{"orig')
  expect(takeTrying()).toBeNull()
})
