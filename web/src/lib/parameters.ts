/** Parameters of operations, as their JSON Schema describes them: what a form needs to know of each. */
export type Parameter = {
  name: string
  /** What people call it, in English: `Quality level`. */
  title: string
  help: string
  usual: unknown
  /** Whether it may be left without a value. */
  optional: boolean
} & (
  | { kind: 'number'; whole: boolean; least: number | null; most: number | null }
  | { kind: 'choice'; values: string[] }
  | { kind: 'flag' }
  | { kind: 'text'; longest: number | null; examples: string[] }
  | { kind: 'other' }
)

interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  anyOf?: Schema[]
  type?: string
  enum?: unknown[]
  title?: string
  description?: string
  default?: unknown
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  maxLength?: number
  examples?: unknown[]
  properties?: Record<string, Schema>
}

/** The parameters of an operation, in the order in which it tells them. */
export function parametersOf(schema: unknown): Parameter[] {
  const whole = schema as Schema
  return Object.entries(whole.properties ?? {}).map(([name, property]) =>
    parameterOf(name, property, whole.$defs ?? {}),
  )
}

function parameterOf(name: string, property: Schema, defined: Record<string, Schema>): Parameter {
  const some = (property.anyOf ?? [property]).map(one => resolved(one, defined))
  const optional = some.some(one => one.type === 'null')
  const shape = some.find(one => one.type !== 'null') ?? {}
  const common = {
    name,
    title: sentence(property.title ?? name),
    help: property.description ?? '',
    usual: property.default ?? null,
    optional,
  }
  if (shape.enum) return { ...common, kind: 'choice', values: shape.enum.map(String) }
  switch (shape.type) {
    case 'boolean':
      return { ...common, kind: 'flag' }
    case 'integer':
    case 'number': {
      const least = shape.minimum ?? shape.exclusiveMinimum ?? null
      return { ...common, kind: 'number', whole: shape.type === 'integer', least, most: shape.maximum ?? null }
    }
    case 'string': {
      const examples = (property.examples ?? shape.examples ?? []).map(String)
      return { ...common, kind: 'text', longest: shape.maxLength ?? null, examples }
    }
    default:
      return { ...common, kind: 'other' }
  }
}

function resolved(schema: Schema, defined: Record<string, Schema>): Schema {
  const name = schema.$ref?.replace('#/$defs/', '')
  return name ? { ...defined[name], ...schema } : schema
}

/** `Quality Level` and `quality_level` as `Quality level`. */
function sentence(title: string): string {
  const words = title.replace(/_/g, ' ').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A step wide enough for a hand and fine enough for an eye. */
export function stepOf(parameter: Extract<Parameter, { kind: 'number' }>): number {
  if (parameter.whole) return 1
  const width = (parameter.most ?? 1) - (parameter.least ?? 0)
  return width <= 2 ? 0.05 : width <= 10 ? 0.5 : 1
}
