import type { Preset } from '@/lib/data/offers'

export interface PresetFile {
  name: string
  recipe: Record<string, unknown>
}

export type FileTrouble = 'no_file' | 'too_large' | 'no_toml'

export class PresetFileError extends Error {
  constructor(readonly trouble: FileTrouble) {
    super(trouble)
  }
}

const LARGEST = 1_000_000
const NAME = /^[^\p{Cc}/\\]{1,100}$/u

/** Whether presets can be called that. */
export function isName(text: string): boolean {
  return NAME.test(text)
}

/** Read a preset from a file; whether its steps make sense is for the service to say. */
export async function readPresetFile(file: File): Promise<PresetFile> {
  if (file.size > LARGEST) throw new PresetFileError('too_large')
  if (/\.toml$/i.test(file.name)) throw new PresetFileError('no_toml')
  let read: unknown
  try {
    read = JSON.parse(await file.text())
  } catch {
    throw new PresetFileError('no_file')
  }
  if (typeof read !== 'object' || read === null || !('steps' in read) || !Array.isArray(read.steps))
    throw new PresetFileError('no_file')
  const recipe = read as Record<string, unknown>
  const said = typeof recipe.name === 'string' ? recipe.name.trim() : ''
  const name = isName(said)
    ? said
    : file.name
        .replace(/(\.preset)?\.json$/i, '')
        .replace(/[\p{Cc}/\\]/gu, ' ')
        .slice(0, 100)
  return { name, recipe }
}

/** A preset as a file: what the service, this page and the command line read. */
export function presetFile(preset: Preset): { name: string; text: string } {
  return {
    name: `${preset.name.replace(/[<>:"|?*]/g, '-')}.json`,
    text: `${JSON.stringify({ ...preset.recipe, name: preset.name }, null, 2)}\n`,
  }
}

export function savePresetFile(preset: Preset): void {
  const { name, text } = presetFile(preset)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
