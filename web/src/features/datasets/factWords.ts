import i18n from 'i18next'
import facts from './facts.zh.json'

const WHOLE: Record<string, string> = facts.phrases
const COLOURS: Record<string, string> = facts.colours
const WITH_COLOUR: Record<string, string> = facts.with_colour

/** What was measured, in the language of the page; captions themselves stay in theirs. */
export function factWords(value: string): string {
  if (i18n.language !== 'zh') return value
  return WHOLE[value] ?? partWords(value)
}

function partWords(value: string): string {
  return value
    .split(', ')
    .map(part => WHOLE[part] ?? coloured(part) ?? part)
    .join('，')
}

/** `blurred dark green background`: the words around a colour, and the colour. */
function coloured(part: string): string | null {
  for (const [frame, words] of Object.entries(WITH_COLOUR)) {
    const [head = '', tail = ''] = frame.split('{0}')
    if (!part.startsWith(head) || !part.endsWith(tail) || part.length <= head.length + tail.length) continue
    const names = part.slice(head.length, part.length - tail.length).split(' and ')
    const said = names.map(name => COLOURS[name])
    if (said.every(Boolean)) return words.replace('{0}', said.join('和'))
  }
  return null
}
