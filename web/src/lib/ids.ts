/** A name that nobody else has. `crypto.randomUUID` is only there on secure pages, and Safelight also runs at home. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
