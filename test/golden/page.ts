import type { Json, JsonObject } from '../../src/base/json.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import { printOperation } from '../../src/cli/print-explanation.ts'
import { printParam } from '../../src/cli/print-parameter.ts'
import type { NativeOperation } from '../../src/plan/port.ts'
import type { Explanation } from '../../src/service/explain.ts'
import type { Example } from './example.ts'

/** Of an example what is written down. */
type Shown = Pick<Example, 'title' | 'method' | 'path' | 'body' | 'departs'> & {
  readonly mapping: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What one dialect makes of a request; never nothing. */
export type Cell = Explanation | { readonly notSupported: string }

export interface Entry {
  readonly example: Shown
  readonly prior: JsonObject | undefined
  /** One for each dialect, in order of their names; or why the request is refused before a plan is made. */
  readonly cells: Readonly<Record<string, Cell>> | { readonly refused: string }
  readonly answer: string
}

/** A golden file: a theme, then its requests one below the other. */
export const page = (theme: string, legend: readonly string[], entries: readonly Entry[]): string =>
  [
    theme,
    '',
    ...legend,
    ...entries.map((entry, i) => ['', '', heading(i + 1, entry.example), ...printEntry(entry)].join('\n')),
    '',
  ].join('\n')

export const sqlLegend = (dialects: readonly string[]): readonly string[] => [
  'For each request: its plan, then for each dialect the statements that reach the database, or NOT_SUPPORTED. A plan',
  'is repeated where a dialect has another one. `3. SQLITE 5.` is the statement that SQLite has there, but for quotes,',
  'placeholders and AS; … is the beginning of that for the same purpose. ‹…› is a value that only the run knows.',
  '`schemas` is left out of bodies.',
  `Dialects: ${dialects.join(', ')}.`,
]

const heading = (number: number, { title, mapping }: Shown): string => {
  const left = `--- ${number}. ${title} `
  return `${left}${'-'.repeat(Math.max(3, 110 - left.length - mapping.length))} ${mapping}`
}

function printEntry({ example, prior, cells, answer }: Entry): readonly string[] {
  const { method, path, headers = {}, body } = example
  const plans = new Set<string>()
  const told: Told = { places: new Map(), lines: new Map() }
  return [
    `${method} ${path}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ['BODY', ...members(body)]),
    ...(prior === undefined ? [] : ['PRIOR', ...members(prior)]),
    ...('refused' in cells
      ? []
      : Object.entries(cells).flatMap(([dialect, cell]) => {
          const name = dialect.toUpperCase()
          if ('notSupported' in cell) return [name, `  NOT_SUPPORTED: ${cell.notSupported}`]
          const plan = ['PLAN', ...cell.plan.map((line) => `  ${line}`)]
          const known = plans.has(plan.join('\n'))
          plans.add(plan.join('\n'))
          return [...(known ? [] : plan), name, ...printOperations(name, cell.operations, told)]
        })),
    'ANSWER',
    `  ${answer}`,
    ...(example.departs === undefined ? [] : [`  The run departs from this: ${example.departs}.`]),
  ]
}

/** What has been told already: where a statement was told first, and the lines of the first dialect's, by their note. */
interface Told {
  readonly places: Map<string, Place>
  readonly lines: Map<string, readonly string[]>
}

interface Place {
  readonly dialect: string
  readonly number: number
}

/** Consecutive statements that another dialect told consecutively are one line. */
function printOperations(dialect: string, operations: readonly NativeOperation[], told: Told): readonly string[] {
  const { places } = told
  const printed: string[] = []
  const notes = new Map<string, number>()
  for (let i = 0; i < operations.length;) {
    const operation = operations[i]!
    const known = places.get(bare(operation))
    let more = 1
    if (known === undefined || known.dialect === dialect) {
      if (known === undefined) places.set(bare(operation), { dialect, number: i + 1 })
      const nth = (notes.get(operation.note ?? '') ?? 0) + 1
      notes.set(operation.note ?? '', nth)
      printed.push(...printNew(operation, i, `${nth} ${operation.note}`, told))
    } else {
      const next = (): Place | undefined => places.get(bare(operations[i + more] ?? { text: '', params: [] }))
      while (next()?.dialect === known.dialect && next()?.number === known.number + more) more++
      const range = (from: number): string => (more === 1 ? `${from}.` : `${from}.–${from + more - 1}.`)
      printed.push(
        `${String(i + 1).padStart(4)}.${more === 1 ? '' : `–${i + more}.`} ${known.dialect} ${range(known.number)}`,
      )
    }
    i += more
  }
  return printed
}

/** A long beginning that the first dialect's statement for the same purpose has as well is left out. */
function printNew(operation: NativeOperation, i: number, purpose: string, { lines }: Told): readonly string[] {
  const own = printOperation(operation, i)
  const first = lines.get(purpose)
  if (first === undefined) {
    lines.set(purpose, own)
    return own
  }
  const alike = own.findIndex((line, n) => n > 0 && plain(line) !== plain(first[n] ?? ''))
  return alike < 4 ? own : [own[0]!, '      …', ...own.slice(alike)]
}

/** What is the same in every dialect. */
const plain = (text: string): string =>
  text
    .replaceAll('`', '"')
    .replaceAll(/(?<=") AS (?=")/g, ' ')
    .replaceAll(/(?<![\w"$@:])[$@:]\d+/g, '?')

const bare = ({ text, params, note }: NativeOperation): string =>
  JSON.stringify([note, plain(text), params.map(printParam)])

/** What nobody has to read to follow a change. */
const left = new Set(['schemas', 'id', 'meta', 'groups'])

/** One member a line, one element of a list a line. */
function members(resource: JsonObject): readonly string[] {
  const named = Object.entries(resource).filter(([name]) => !left.has(name))
  const width = Math.max(...named.map(([name]) => Math.min(name.length, 17)))
  return named.flatMap(([name, value]) => {
    if (name.includes(':') && isObject(value)) return [`  ${name}`, ...members(value).map((line) => `  ${line}`)]
    const lines = isArray(value) && value.length > 0 ? value.map(json) : [json(value)]
    return lines.map((line, i) => `  ${(i === 0 ? name : '').padEnd(width)}  ${line}`)
  })
}

const json = (value: Json): string => JSON.stringify(value)
