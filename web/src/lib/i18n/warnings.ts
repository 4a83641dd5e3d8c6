import i18n from 'i18next'
import type { Said } from '@/lib/i18n/said'

let known: Said = []

/** Take from now on `said` for what the service may say: it comes with the words of a language other than its own. */
export function knowSaid(said: Said): void {
  known = said
}

/** A warning, or a reason, in the language of the page; one that has no words there is shown as it came. */
export function warningWords(text: string): string {
  return saidOf(text) || ofOperation(text) || brief(text)
}

/** `upscale: ...` tells whose warning it is. */
function ofOperation(text: string): string {
  const [, operation = '', rest = ''] = /^([a-z_]+): (.+)$/s.exec(text) ?? []
  const title = operation && i18n.t(`service:operations.${operation}.title`, { defaultValue: '' })
  const said = title && saidOf(rest)
  return said && `${title}：${said}`
}

function saidOf(text: string): string {
  for (const [pattern, key] of known) {
    const found = pattern.exec(text)
    if (!found) continue
    const { reason, ...holes } = found.groups ?? {}
    return i18n.t(`service:warnings.${key}`, { defaultValue: '', ...holes, reason: reason && warningWords(reason) })
  }
  return ''
}

/** Files, hashes and folders are for whoever runs the service, and the page of the models has them. */
function brief(text: string): string {
  return text
    .replace(/^(\S+ cannot be had here, \S+ is used instead): .*SHA-256.*$/s, '$1')
    .replace(/(the weights of \S+ are not) in .+: needed: .+$/s, '$1 here')
    .replace(/(\S+) \(\S+ \[.+\]?.*\)( is under .+ has to be accepted first)$/s, '$1$2')
}
