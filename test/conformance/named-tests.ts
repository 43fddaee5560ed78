import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One line of docs/conformance.md. */
export interface Line {
  /** Of the file, counted from 1. */
  readonly at: number
  readonly rule: string
  readonly met: string
  readonly tests: readonly NamedTest[]
}

/** A test as the table names it: any test of the file whose whole name has the text in it. */
export interface NamedTest {
  /** Relative to the project: `test/http/app.test.ts`. */
  readonly file: string
  readonly text: string
}

export const table = join(import.meta.dirname, '../../docs/conformance.md')

/** `[http/app.test.ts](../test/http/app.test.ts): the name, or the part that several share` */
const named = /^\[[^\]]+\]\(\.\.\/(test\/[\w./-]+\.test\.ts)\): (.+)$/

/** What the parts of a test's name are joined by, here and in the table. */
export const joint = ' › '

const cellsOf = (row: string): readonly string[] =>
  row
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))

/** The names of the columns, and the line below them. */
export const isHead = (row: string): boolean => /^\| RFC \||^\|[-|]+\|$/.test(row)

/** Every line of the tables: where the RFC says it, how it is met, the tests. */
export function linesOf(markdown: string): readonly Line[] {
  return markdown.split('\n').flatMap((text, index) => {
    if (!text.startsWith('|') || isHead(text)) return []
    const [rule = '', met = '', tests = ''] = cellsOf(text)
    return [{ at: index + 1, rule, met, tests: tests.split('<br>').flatMap((one) => testOf(one.trim())) }]
  })
}

function testOf(text: string): readonly NamedTest[] {
  const match = named.exec(text)
  return match?.[1] === undefined || match[2] === undefined ? [] : [{ file: match[1], text: match[2] }]
}

export const readTable = (): readonly Line[] => linesOf(readFileSync(table, 'utf8'))
