/** Each may do what the one before it may. */
export const ROLES = ['user', 'operator', 'admin'] as const
