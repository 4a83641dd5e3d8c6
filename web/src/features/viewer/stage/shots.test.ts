import { describe, expect, it } from 'vitest'
import { exampleTask } from '@/../tests/exampleTask'
import { onlyReduced, wantsFull } from '@/components/stage/shot'
import { originalShot, resultShot } from '@/features/viewer/stage/shots'

function large(width: number, height: number, format = 'png') {
  const shot = resultShot(exampleTask({ result: { name: 'x', format, width, height } }))
  if (!shot) throw new Error('there is a result')
  return shot
}

describe('what is shown of a result', () => {
  it('is the picture for screens, which for most photos is the file itself', () => {
    const shot = resultShot(exampleTask())
    expect(shot?.screen).toMatch(/\/screen$/)
    expect(shot?.full).toBeNull()
    expect(shot?.reduced).toBe(false)
  })

  it('is the file itself at 100% and closer where the screen has a smaller copy', () => {
    const shot = large(6000, 4000)
    expect(wantsFull(shot, 50)).toBe(false)
    expect(wantsFull(shot, 100)).toBe(true)
    expect(onlyReduced(shot, 100)).toBe(false)
  })

  it.each([
    ['has too many pixels', 12_000, 9000, 'png'],
    ['no browser shows', 6000, 4000, 'tiff'],
  ])('stays a smaller copy, and says so, for a file that %s', (_why, width, height, format) => {
    const shot = large(width, height, format)
    expect(wantsFull(shot, 200)).toBe(false)
    expect(onlyReduced(shot, 100)).toBe(true)
    expect(onlyReduced(shot, 10)).toBe(false)
  })

  it('is nothing before there is a result', () => {
    expect(resultShot(exampleTask({ result: null, result_url: null }))).toBeNull()
  })
})

describe('what is shown of the photo', () => {
  it('is the file until something was made for screens', () => {
    expect(originalShot(exampleTask({ original_screen_url: null }))?.screen).toMatch(/\/original$/)
  })

  it('is nothing yet for a file that browsers do not show', () => {
    expect(originalShot(exampleTask({ filename: 'a.heic', original_screen_url: null }))?.screen).toBeNull()
  })
})
