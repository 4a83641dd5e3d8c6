export interface Advice {
  /** What to type on the machine of the service. */
  command: string | null
  /** Where the file is. */
  address: string | null
}

/** What a person can copy or follow from what the service says about weights that it cannot fetch. */
export function adviceIn(reason: string): Advice {
  const address = reason.match(/https:\/\/[^\s"'<>()[\],;]+/)?.[0] ?? null
  return { command: reason.match(/`([^`]+)`/)?.[1] ?? null, address }
}
