/** What a licence means for whoever uses the results; `ask` where only its own page tells. */
export type Use = 'free' | 'not_commercial' | 'ask' | 'own'

const USES: Record<string, Use> = {
  'BSD-3-Clause': 'free',
  MIT: 'free',
  'Apache-2.0': 'free',
  'CC0-1.0': 'free',
  'OFL-1.1': 'free',
  'Apache-2.0-NC-parts': 'not_commercial',
  'S-Lab-1.0': 'not_commercial',
  'your own': 'own',
}

export function usageOf(licence: string): Use {
  return USES[licence] ?? (/(^|[^a-z])nc([^a-z]|$)|non-?commercial/i.test(licence) ? 'not_commercial' : 'ask')
}

/** Names that are no names of licences, but say that nobody wrote one down. */
export function hasName(licence: string): boolean {
  return !licence.startsWith('see-its-') && licence !== 'your own'
}
