import { parseArgs } from 'node:util'
import { suggest } from '../mapping/suggest.ts'

/** One option of a command; `value` is the placeholder that its help shows. */
export type OptionSpec =
  | { readonly type: 'boolean'; readonly short?: string; readonly description: string }
  | { readonly type: 'string'; readonly short?: string; readonly value: string; readonly description: string }

export interface CommandSpec<O extends Readonly<Record<string, OptionSpec>>> {
  /** `serve` or `token hash`. */
  readonly name: string
  readonly summary: string
  /** What stands after the options, such as `<mapping.yaml>...`. */
  readonly operands: { readonly shown: string; readonly least: number; readonly most: number }
  readonly options: O
}

type ValueOf<S extends OptionSpec> = S['type'] extends 'boolean' ? boolean : string
export type OptionValues<O extends Readonly<Record<string, OptionSpec>>> = { readonly [K in keyof O]?: ValueOf<O[K]> }

export type Arguments<O extends Readonly<Record<string, OptionSpec>>> =
  | { readonly kind: 'run'; readonly options: OptionValues<O>; readonly operands: readonly string[] }
  /** Text for standard output, exit code 0. */
  | { readonly kind: 'help'; readonly text: string }
  /** Text for standard error, exit code 2. */
  | { readonly kind: 'wrong'; readonly text: string }

const program = 'scim-bridge'

/** The help of one command. */
export function usage(spec: CommandSpec<Readonly<Record<string, OptionSpec>>>): string {
  const rows = Object.entries({
    ...spec.options,
    help: { type: 'boolean', short: 'h', description: 'show this' } satisfies OptionSpec,
  } as Record<string, OptionSpec>).map(([name, option]) => [
    `${option.short === undefined ? '   ' : `-${option.short},`} --${name}${option.type === 'string' ? ` ${option.value}` : ''}`,
    option.description,
  ])
  const width = Math.max(...rows.map(([left = '']) => left.length))
  return [
    `usage: ${program} ${spec.name} [options]${spec.operands.shown === '' ? '' : ` ${spec.operands.shown}`}`,
    spec.summary,
    '',
    ...rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`),
  ].join('\n')
}

/** Reads the arguments of one command. Every mistake is told in one line, with what to do about it. */
export function readArguments<O extends Readonly<Record<string, OptionSpec>>>(
  spec: CommandSpec<O>,
  argv: readonly string[],
): Arguments<O> {
  const wrong = (problem: string): Arguments<O> => ({
    kind: 'wrong',
    text: `${program} ${spec.name}: ${problem}\nSee: ${program} ${spec.name} --help`,
  })
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(
        Object.entries(spec.options).map(([name, { type, short }]) => [
          name,
          { type, ...(short !== undefined && { short }) },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const options = new Map<string, string | boolean>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    if (token.name === 'help') return { kind: 'help', text: usage(spec) }
    const option = Object.hasOwn(spec.options, token.name) ? spec.options[token.name] : undefined
    if (option === undefined) {
      const hint = suggest(token.name, Object.keys(spec.options))
      return wrong(`there is no option ${token.rawName}${hint === undefined ? '' : ` (${hint})`}`)
    }
    if (options.has(token.name)) return wrong(`${token.rawName} is given twice`)
    if (option.type === 'boolean') {
      if (token.value !== undefined) return wrong(`${token.rawName} takes no value`)
      options.set(token.name, true)
    } else {
      // "--host --port 80": the next option was not meant as a value
      if (token.value === undefined || (!token.inlineValue && token.value.startsWith('-') && token.value !== '-')) {
        return wrong(`${token.rawName} needs a value: ${token.rawName} ${option.value}`)
      }
      options.set(token.name, token.value)
    }
  }
  const { least, most, shown } = spec.operands
  if (operands.length < least) return wrong(`${shown} is missing`)
  if (operands.length > most) return wrong(`"${operands[most]}" is one argument too many`)
  return { kind: 'run', options: Object.fromEntries(options) as OptionValues<O>, operands }
}
