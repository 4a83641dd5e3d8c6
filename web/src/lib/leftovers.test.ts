import { expect, it, vi } from 'vitest'
import { countWaiting, discardWaiting, hold } from './leftovers'

it('counts what pages hold until they let it go', async () => {
  const letGo = hold({ ids: () => ['a', 'b'], clear: () => undefined })
  expect(await countWaiting()).toBe(2)
  letGo()
  expect(await countWaiting()).toBe(0)
})

it('is discarded on every page of this browser', async () => {
  const clear = vi.fn()
  const letGo = hold({ ids: () => [], clear })
  await discardWaiting()
  expect(clear).toHaveBeenCalledOnce()
  const [key] = Object.keys(localStorage).filter(one => one.includes('discarded'))
  // What a browser tells other pages when one of them has written that.
  window.dispatchEvent(new StorageEvent('storage', { key: key ?? null }))
  expect(clear).toHaveBeenCalledTimes(2)
  window.dispatchEvent(new StorageEvent('storage', { key: 'safelight.table' }))
  expect(clear).toHaveBeenCalledTimes(2)
  letGo()
})
