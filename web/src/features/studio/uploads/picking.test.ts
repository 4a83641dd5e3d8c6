import { describe, expect, it } from 'vitest'
import { sorted } from './picking'

const file = (name: string, more: { type?: string; path?: string; changed?: number; content?: string } = {}) => {
  const made = new File([more.content ?? name], name, { type: more.type ?? '', lastModified: more.changed ?? 1 })
  if (more.path) Object.defineProperty(made, 'webkitRelativePath', { value: more.path })
  return made
}

describe('what was picked', () => {
  it('is taken where its ending is that of a photo, in any case', () => {
    const { photos, others } = sorted([file('a.JPG'), file('b.heic'), file('c.tiff'), file('d.gif'), file('notes.txt')])
    expect(photos.map(one => one.file.name)).toEqual(['a.JPG', 'b.heic', 'c.tiff'])
    expect(others).toEqual(['d.gif', 'notes.txt'])
  })

  it('is taken without an ending where the system says that it is a picture', () => {
    const { photos, others } = sorted([file('IMG', { type: 'image/jpeg' }), file('LICENSE')])
    expect(photos.map(one => one.file.name)).toEqual(['IMG'])
    expect(others).toEqual(['LICENSE'])
  })

  it('is left out without a word where the system hides it', () => {
    const hidden = [file('.DS_Store'), file('Thumbs.db'), file('._a.jpg', { path: 'trip/__MACOSX/._a.jpg' })]
    expect(sorted(hidden)).toEqual({ photos: [], others: [], large: [], twice: [] })
  })

  it('tells same-named photos of different folders apart', () => {
    const { photos, twice } = sorted([
      file('a.jpg', { path: 'one/a.jpg', content: 'x' }),
      file('a.jpg', { path: 'two/a.jpg', content: 'yy' }),
    ])
    expect(photos.map(one => one.folder)).toEqual(['one', 'two'])
    expect(twice).toEqual([])
  })

  it('says which are here already: the same name, size and date', () => {
    const known = [{ name: 'a.jpg', size: 5, changed: 1 }]
    const { photos, twice } = sorted([file('a.jpg'), file('a.jpg', { changed: 2 })], known)
    expect(photos.map(one => one.file.lastModified)).toEqual([2])
    expect(twice.map(one => one.file.lastModified)).toEqual([1])
  })

  it('is left out by name where it is larger than the service takes', () => {
    const files = [file('fits.jpg', { content: '12345' }), file('large.jpg', { content: '123456' }), file('large.txt')]
    const { photos, large, others } = sorted(files, [], 5)
    expect(photos.map(one => one.file.name)).toEqual(['fits.jpg'])
    expect(large).toEqual(['large.jpg'])
    expect(others).toEqual(['large.txt'])
  })

  it('is too large even where it is here already', () => {
    const known = [{ name: 'a.jpg', size: 5, changed: 1 }]
    expect(sorted([file('a.jpg')], known, 4)).toEqual({ photos: [], others: [], large: ['a.jpg'], twice: [] })
  })

  it('may be of any size while nobody knows how large it may be', () => {
    const huge = file('huge.tif')
    Object.defineProperty(huge, 'size', { value: 2 ** 50 })
    const { photos, large } = sorted([huge], [], undefined)
    expect(photos).toHaveLength(1)
    expect(large).toEqual([])
  })
})
