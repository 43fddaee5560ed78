import type { NativeOperation } from '../plan/port.ts'
import type { Explanation } from '../service/explain.ts'
import { filledIn } from './filled-in.ts'
import { printParam } from './print-parameter.ts'

const width = 110

/** The plan, then every operation with its reason and its parameters as comments: SQL can be pasted into a console. */
export const printExplanation = (explanation: Explanation): string =>
  [...printPlanOf(explanation), 'OPERATIONS', ...explanation.operations.flatMap(printOperation)].join('\n')

const printPlanOf = ({ plan }: Explanation): readonly string[] => ['PLAN', ...plan.map((line) => `  ${line}`)]

/** One operation under its number, counted from 0 in `i`. */
export function printOperation({ text, lines, params, note }: NativeOperation, i: number): readonly string[] {
  const [first = '', ...more] = [
    ...(note === undefined ? [] : [`-- ${short(note)}`]),
    ...(lines === undefined ? layout(text) : filledIn(lines, params)),
    ...(lines !== undefined || params.length === 0 ? [] : printParams(signOf(text, params.length), params)),
  ]
  return [`${String(i + 1).padStart(4)}. ${first}`, ...more.map((line) => `      ${line}`)]
}

/** How the statement names its parameters: `?`, `$1`, `@1`, `:1`. */
function signOf(text: string, count: number): string {
  const numbered = /(?<![\w"$@:])[$@:]1(?!\d)/.exec(text)?.[0]
  if (numbered === undefined) return '?'
  return count === 1 ? numbered : `${numbered}…`
}

const printParams = (sign: string, params: readonly unknown[]): readonly string[] => {
  const all = params.map((param, i) => printParam(param) + (i < params.length - 1 ? ',' : ''))
  return fill([`-- ${sign} =`, ...all], (_, before) => before.endsWith(','), '--     ')
}

/** A reference of an extension is named without its URN. */
const short = (note: string): string => note.replace(/\burn:\S*:(?=\w+)/g, '')

/** Words that start a line of a long SQL statement, and those before which a line may end. */
const clauses = new Set(['FROM', 'WHERE', 'SET', 'VALUES', 'SELECT', 'ORDER', 'GROUP', 'RETURNING', 'LEFT', 'INNER'])
const joints = new Set([...clauses, 'AND', 'OR', 'UNION', 'LIMIT', 'OFFSET', 'FETCH', 'WITH', 'FOR', 'BEGIN'])

/** Breaks long text at its clauses. Only a blank ever becomes a line break, so the text stays what the server logs. */
function layout(text: string): readonly string[] {
  if (text.length <= width) return [text]
  const lines: string[][] = []
  let depth = 0
  let previous = ''
  for (const word of words(text)) {
    const starts = depth === 0 && clauses.has(word) && previous !== 'DELETE'
    if (starts || lines.length === 0) lines.push([])
    lines.at(-1)?.push(word)
    depth += nesting(word)
    previous = word
  }
  return lines.flatMap((line) => fill(line, (word, before) => joints.has(word) || before.endsWith(','), '  '))
}

/** Words between single blanks; a quoted name or text is never taken apart. */
const words = (text: string): readonly string[] => text.match(/(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|[^ ])+/g) ?? []

const nesting = (word: string): number => {
  const bare = word.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`/g, '')
  return bare.split('(').length - bare.split(')').length
}

/** Puts words on lines of at most `width`, breaking where `may` allows it; what follows the first is indented by `hang`. */
function fill(all: readonly string[], may: (word: string, before: string) => boolean, hang: string): readonly string[] {
  const pieces: string[] = []
  all.forEach((word, i) => {
    const before = all[i - 1]
    if (before === undefined || may(word, before)) pieces.push(word)
    else pieces[pieces.length - 1] = `${pieces.at(-1)} ${word}`
  })
  const lines: string[] = []
  for (const piece of pieces) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + piece.length < width) lines[lines.length - 1] = `${last} ${piece}`
    else lines.push(last === undefined ? piece : hang + piece)
  }
  return lines
}
