import { expect, it } from 'vitest'
import { isName, PresetFileError, presetFile, readPresetFile } from '@/features/settings/presetFiles'

const file = (text: string, name = 'old print.json') => new File([text], name)
const trouble = async (one: File) =>
  readPresetFile(one).then(
    () => null,
    error => (error instanceof PresetFileError ? error.trouble : error),
  )

it('reads what it wrote', async () => {
  const recipe = { name: 'x', title: '老照片', summary: '', steps: [{ operation: 'upscale', scale: 2 }] }
  const written = presetFile({ name: '老照片', title: '老照片', summary: '', own: true, recipe })
  expect(written.name).toBe('老照片.json')
  expect(await readPresetFile(file(written.text, written.name))).toEqual({
    name: '老照片',
    recipe: { ...recipe, name: '老照片' },
  })
})

it('takes the name of the file where the preset has none that can be used', async () => {
  expect((await readPresetFile(file('{"steps":[]}', 'Old print.preset.json'))).name).toBe('Old print')
  expect((await readPresetFile(file('{"name":"a/b","steps":[]}'))).name).toBe('old print')
})

it('says what is wrong with a file', async () => {
  expect(await trouble(file('{"steps": ['))).toBe('no_file')
  expect(await trouble(file('[]'))).toBe('no_file')
  expect(await trouble(file('null'))).toBe('no_file')
  expect(await trouble(file('{"steps": "none"}'))).toBe('no_file')
  expect(await trouble(file('summary = "x"', 'old.toml'))).toBe('no_toml')
  expect(await trouble(file(`{"steps":[],"x":"${'x'.repeat(1_000_000)}"}`))).toBe('too_large')
})

it('knows which names the service takes', () => {
  expect(['老照片', 'Old print (2)', 'a'.repeat(100)].every(isName)).toBe(true)
  expect(['', 'a/b', 'a\\b', 'a\nb', 'a'.repeat(101)].some(isName)).toBe(false)
})
