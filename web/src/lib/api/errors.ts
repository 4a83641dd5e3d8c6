import i18n from 'i18next'
import { warningWords } from '@/lib/i18n/warnings'

interface Body {
  error?: { code?: string; message?: string; details?: { hint?: string } }
}

/** What the service answered when it could not do what was asked. */
export class ServiceError extends Error {
  constructor(
    /** For programs: stable; `away` where nobody answered. */
    readonly code: string,
    message: string,
    readonly hint: string | undefined,
    readonly status: number,
    /** Seconds after which it is worth trying again; `null` where nobody said. */
    readonly retryAfter: number | null = null,
  ) {
    super(message)
    this.name = 'ServiceError'
  }

  static async of(response: Response): Promise<ServiceError> {
    let body: Body = {}
    try {
      body = (await response.json()) as Body
    } catch {
      // A proxy in between may answer with a page of its own.
    }
    return ServiceError.from(body, response.status, response.headers.get('Retry-After'))
  }

  static from(body: Body, status: number, retryAfter: string | null = null): ServiceError {
    const { code = 'internal', message = `${status}`, details } = body.error ?? {}
    return new ServiceError(
      code,
      message,
      details?.hint,
      status,
      retryAfter === null ? null : Number(retryAfter) || null,
    )
  }

  static away(cause: unknown): Error {
    // Asking was stopped on purpose: nothing is wrong.
    if (cause instanceof DOMException && cause.name === 'AbortError') return cause
    if (cause instanceof ServiceError) return cause
    return new ServiceError('away', 'the service does not answer', undefined, 0)
  }

  /** Whether the page shows what it was told of a session that is another one by now. */
  get stale(): boolean {
    return this.status === 403 && this.message.includes('X-CSRF-Token')
  }

  /** Whether trying again may help. */
  get passing(): boolean {
    return (
      this.stale || this.status === 0 || this.status === 429 || this.status >= 500 || this.code === 'being_answered'
    )
  }
}

/** Words for an error, in the language of the page where there are some for it. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof ServiceError)) return error instanceof Error ? error.message : String(error)
  return errorText(error.code, error.message)
}

/** Words for the code of an error; the service's own where the page has none. */
export function errorText(code: string | null | undefined, message: string): string {
  const said = warningWords(message)
  return i18n.t(`errors:${code ?? ''}`, { defaultValue: '', message: said }) || said
}
