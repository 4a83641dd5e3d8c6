import { expect, it } from 'vitest'
import { picked } from './picked'

const file = (name: string, size = 10, type = '') => new File([new Uint8Array(size)], name, { type })

it('takes photos and archives, and names the rest', () => {
  const found = picked([file('a.JPG'), file('phone.zip'), file('b.heic'), file('notes.txt')])
  expect(found.files.map(one => one.name)).toEqual(['a.JPG', 'phone.zip', 'b.heic'])
  expect(found.others).toEqual(['notes.txt'])
})

it('leaves what systems hide out without a word', () => {
  const found = picked([file('.DS_Store'), file('Thumbs.db'), file('a.png')])
  expect([found.files.length, found.others]).toEqual([1, []])
})

it('takes a photo without an ending, and no larger file than the service does', () => {
  const found = picked([file('scan', 5, 'image/jpeg'), file('huge.zip', 50)], 20)
  expect(found.files.map(one => one.name)).toEqual(['scan'])
  expect(found.large).toEqual(['huge.zip'])
})
