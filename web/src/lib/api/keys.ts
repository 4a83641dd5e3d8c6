/**
 * Names of what is in the query cache. Everything that the service knows is there and nowhere else.
 *
 * Live events make `task`, then `lists`, `batches`, `datasets` and `sums` old; `running` they fill.
 */
export const keys = {
  task: (id: string) => ['task', id] as const,
  running: (id: string) => ['running', id] as const,
  lists: () => ['tasks'] as const,
  list: (filters: object) => ['tasks', filters] as const,
  batches: () => ['batches'] as const,
  batch: (id: string) => ['batches', id] as const,
  datasets: () => ['datasets'] as const,
  dataset: (id: string) => ['datasets', id] as const,
  sums: () => ['sums'] as const,
  sum: (name: string) => ['sums', name] as const,
  offer: (name: string) => ['offer', name] as const,
  plan: (asked: object) => ['plan', asked] as const,
  session: () => ['session'] as const,
  /** What is known of users, keys, sessions, and what they did. */
  accounts: (what: string, filters: object = {}) => ['accounts', what, filters] as const,
}
