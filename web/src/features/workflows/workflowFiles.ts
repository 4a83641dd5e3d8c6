/** A file with JSON in it. */
export interface GraphFile {
  /** Its name. */
  file: string
  text: string
  content: Record<string, unknown>
}

/** A workflow, and what stands beside it. */
export interface Files {
  graph: GraphFile
  roles: GraphFile | null
}

export type FileTrouble = 'too_large' | 'no_json' | 'no_object'

export class WorkflowFileError extends Error {
  constructor(readonly trouble: FileTrouble) {
    super(trouble)
  }
}

const LARGEST = 1 << 20
const NAME = /^[a-z][a-z0-9_-]{0,63}$/
const LONGEST_NAME = 64

/** Whether workflows can be called that. */
export function isName(text: string): boolean {
  return NAME.test(text)
}

/** Whether a file says where values go in a workflow, as `style.roles.json` does. */
export function isRoles(file: File): boolean {
  return /\.roles\.json$/i.test(file.name)
}

/** A name for the workflow in a file: `My Clay (API).json` as `my-clay-api`. */
export function nameFor(file: string): string {
  return file
    .replace(/\.json$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, '')
}

/**
 * Read a file with a graph or with roles; whether it can be used is for the service to say.
 *
 * @throws WorkflowFileError it is no JSON.
 */
export async function readGraphFile(file: File): Promise<GraphFile> {
  if (file.size > LARGEST) throw new WorkflowFileError('too_large')
  const text = await file.text()
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new WorkflowFileError('no_json')
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new WorkflowFileError('no_object')
  return { file: file.name, text, content: content as Record<string, unknown> }
}

/** What is sent: the files as they are, as seeds have more digits than numbers of a page can hold. */
export function rawBody({ graph, roles }: Files): string {
  return `{"workflow":${graph.text},"roles":${roles?.text ?? 'null'}}`
}
