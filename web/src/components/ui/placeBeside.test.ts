import { expect, it } from 'vitest'
import { placeBeside } from '@/components/ui/placeBeside'

const ROOM = { width: 400, height: 300 }
const BOX = { width: 100, height: 40 }
const at = (left: number, top: number) => ({ left, top, width: 20, height: 20 })

it('puts a box in the middle of the side that is asked for', () => {
  expect(placeBeside(at(200, 150), BOX, 'top', ROOM)).toEqual({ left: 160, top: 104 })
  expect(placeBeside(at(200, 150), BOX, 'bottom', ROOM)).toEqual({ left: 160, top: 176 })
  expect(placeBeside(at(200, 150), BOX, 'left', ROOM)).toEqual({ left: 94, top: 140 })
  expect(placeBeside(at(200, 150), BOX, 'right', ROOM)).toEqual({ left: 226, top: 140 })
})

it('takes the other side where there is no room', () => {
  expect(placeBeside(at(200, 10), BOX, 'top', ROOM).top).toBe(36)
  expect(placeBeside(at(370, 150), BOX, 'right', ROOM).left).toBe(264)
})

it('keeps the box within the window, whatever it is beside', () => {
  expect(placeBeside(at(0, 150), BOX, 'top', ROOM).left).toBe(8)
  expect(placeBeside(at(395, 150), BOX, 'top', ROOM).left).toBe(292)
  expect(placeBeside(at(10, 10), { width: 380, height: 290 }, 'left', ROOM)).toEqual({ left: 8, top: 8 })
})
