import { api, content, type Schemas } from '@/lib/api/client'

export type Linted = Schemas['LintedView']
export type Replaced = Schemas['ReplacedView']

/** Look a caption over; nothing is kept. */
export function lintCaption(id: string, text: string, signal: AbortSignal): Promise<Linted> {
  return content(
    api.POST('/api/v1/datasets/{dataset_id}/captions/lint', {
      params: { path: { dataset_id: id } },
      body: { text },
      signal,
    }),
  )
}

export interface Replacing {
  find: string
  replace: string
  wholeWords: boolean
}

/** Search and replace in all captions; without `save` only to see what would change. */
export function replaceInCaptions(id: string, { find, replace, wholeWords }: Replacing, save: boolean) {
  const body = { find, replace, whole_words: wholeWords, save }
  return content<Replaced>(
    api.POST('/api/v1/datasets/{dataset_id}/captions/replace', { params: { path: { dataset_id: id } }, body }),
  )
}
