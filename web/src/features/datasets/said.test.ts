import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '@/lib/i18n'
import { factWords } from './factWords'
import { said } from './said'

it('shows in English what the service says, as a sentence begins', () => {
  expect(said('the trigger word was missing')).toBe('The trigger word was missing')
  expect(factWords('smiling')).toBe('smiling')
})

describe('in Chinese', () => {
  beforeAll(() => speak('zh'))
  afterAll(() => speak('en'))

  it('fills its own words with the figures', () => {
    expect(said('4 of 21 kept')).toBe('21 张中保留 4 张')
    expect(said('cropping 3 of 4')).toBe('正在裁剪 3 / 4')
    expect(said('it gives away hair: blonde')).toBe('写出了应省略的特征（hair）：blonde')
  })

  it('shows what it has no words for as it came', () => {
    expect(said('something new')).toBe('something new')
  })

  it('says what was measured, whole or around a colour', () => {
    expect(factWords('head turned right, eyes on the camera')).toBe('头转向右侧，目光看向镜头')
    expect(factWords('blurred dark green background')).toBe('虚化的深绿色背景')
    expect(factWords('wearing black and dark blue')).toBe('穿黑色和深蓝色衣服')
    expect(factWords('wearing tartan')).toBe('wearing tartan')
  })
})
