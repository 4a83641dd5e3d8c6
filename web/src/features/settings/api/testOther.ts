import { useMutation } from '@tanstack/react-query'
import type { Other } from '@/features/settings/other'
import { ServiceError } from '@/lib/api/errors'

const LONGEST_MS = 10_000

export type Trouble = 'no_answer' | 'not_safelight' | 'token' | 'refused'

/** Why another Safelight cannot be worked with. */
export class OtherError extends Error {
  constructor(
    readonly trouble: Trouble,
    message = '',
  ) {
    super(message)
  }
}

interface Found {
  origin: string
  version: string
}

/** Ask another Safelight how it is, and then something that needs its token. */
export function useTestOther() {
  return useMutation({ mutationFn: testOther, meta: { quiet: true } })
}

async function testOther({ origin, token }: Other): Promise<Found> {
  const version = await versionIn(await ask(`${origin}/health`))
  const answer = await ask(`${origin}/api/v1/stats`, token ? { Authorization: `Bearer ${token}` } : {})
  if (answer.status === 401) throw new OtherError('token')
  if (!answer.ok) throw new OtherError('refused', (await ServiceError.of(answer)).message)
  return { origin, version }
}

async function versionIn(answer: Response): Promise<string> {
  // A service without room or database says 503, and is one all the same.
  const health = (await answer.json().catch(() => null)) as { version?: unknown; error?: { message?: string } } | null
  if (health?.error?.message) throw new OtherError('refused', health.error.message)
  if (typeof health?.version !== 'string') throw new OtherError('not_safelight')
  return health.version
}

async function ask(address: string, headers: Record<string, string> = {}): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(LONGEST_MS)
    return await fetch(address, { headers, signal, credentials: 'omit', cache: 'no-store' })
  } catch {
    throw new OtherError('no_answer')
  }
}
