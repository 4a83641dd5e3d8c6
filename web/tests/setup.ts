import '@testing-library/jest-dom/vitest'
import 'fake-indexeddb/auto'
import { cleanup } from '@testing-library/react'
import { afterEach, beforeAll } from 'vitest'
import { fetchWords, startWords } from '@/lib/i18n'
import { fetchParts } from '@/lib/late'

beforeAll(async () => {
  await startWords()
  const features = Object.keys(import.meta.glob('/src/features/*/*.en.json')).map(path => path.split('/')[3] ?? '')
  await Promise.all([...features.map(fetchWords), fetchParts()])
})

afterEach(() => {
  cleanup()
  localStorage.clear()
})

// What jsdom lacks and the parts ask for.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
}
Element.prototype.scrollIntoView ??= () => undefined
Element.prototype.hasPointerCapture ??= () => false
