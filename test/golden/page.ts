import type { Json, JsonObject } from '../../src/base/json.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import { printOperation } from '../../src/cli/print-explanation.ts'
import type { Explanation } from '../../src/service/explain.ts'
import type { Example } from './example.ts'

/** What one dialect makes of a request; never nothing. */
export type Cell = Explanation | 'NOT_SUPPORTED'

export interface Entry {
  readonly example: Example
  readonly prior: JsonObject | undefined
  /** One for each dialect, in order of their names; or why the request is refused before a plan is made. */
  readonly cells: Readonly<Record<string, Cell>> | { readonly refused: string }
  readonly answer: string
}

/** A golden file: a theme, then its requests one below the other. */
export const page = (theme: string, dialects: readonly string[], entries: readonly Entry[]): string =>
  [
    theme,
    '',
    ...legend,
    `Dialects: ${dialects.join(', ')}.`,
    ...entries.map((entry, i) => ['', '', heading(i + 1, entry.example), ...printEntry(entry)].join('\n')),
    '',
  ].join('\n')

const legend = [
  'For each request: its plan, then for each dialect the statements that reach the database, or NOT_SUPPORTED. A plan',
  'is repeated where a dialect has another one. ‹…› is a value that only the run knows. `schemas` is left out of bodies.',
]

const heading = (number: number, { title, mapping }: Example): string => {
  const left = `--- ${number}. ${title} `
  return `${left}${'-'.repeat(Math.max(3, 110 - left.length - mapping.length))} ${mapping}`
}

function printEntry({ example, prior, cells, answer }: Entry): readonly string[] {
  const { method, path, body } = example
  const plans = new Set<string>()
  return [
    `${method} ${path}`,
    ...(body === undefined ? [] : ['BODY', ...members(body)]),
    ...(prior === undefined ? [] : ['PRIOR', ...members(prior)]),
    ...('refused' in cells
      ? []
      : Object.entries(cells).flatMap(([dialect, cell]) => {
          if (cell === 'NOT_SUPPORTED') return [dialect.toUpperCase(), '  NOT_SUPPORTED']
          const plan = ['PLAN', ...cell.plan.map((line) => `  ${line}`)]
          const known = plans.has(plan.join('\n'))
          plans.add(plan.join('\n'))
          return [...(known ? [] : plan), dialect.toUpperCase(), ...cell.operations.flatMap(printOperation)]
        })),
    'ANSWER',
    `  ${answer}`,
    ...(example.departs === undefined ? [] : [`  The run departs from this: ${example.departs}.`]),
  ]
}

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
