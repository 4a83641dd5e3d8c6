/** What is noted in the audit log, by the names that the service has for it. */
export const KINDS = [
  'sign_in',
  'sign_in_failed',
  'sign_out',
  'sessions_ended',
  'password_changed',
  'key_made',
  'key_revoked',
  'user_added',
  'user_changed',
  'invite_made',
  'invite_used',
  'deleted',
  'changed',
] as const

/** Those that one looks at twice. */
export const ALARMING: ReadonlySet<string> = new Set(['sign_in_failed'])
