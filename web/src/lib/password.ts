/** Characters that a password has at least. */
export const LEAST = 10

const GOOD = 14
const STRONG = 20

export type Strength = 'none' | 'fair' | 'good' | 'strong'

/** How many characters a password lacks. The service counts what people see as one as one, however it was typed. */
export function lacking(password: string): number {
  return Math.max(0, LEAST - lengthOf(password))
}

/** How good a password is by its length alone: rules about signs make worse ones. */
export function strengthOf(password: string): Strength {
  const length = lengthOf(password)
  if (length < LEAST) return 'none'
  return length >= STRONG ? 'strong' : length >= GOOD ? 'good' : 'fair'
}

function lengthOf(password: string): number {
  return [...password.normalize('NFC')].length
}
