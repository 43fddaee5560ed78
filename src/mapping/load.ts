import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Document, Node, ParsedNode, Scalar, YAMLMap } from 'yaml'
import type { Json } from '../base/json.ts'
import type { Problem, Report } from './problem.ts'
import { substitute } from './substitute.ts'

export type FilePath = readonly (string | number)[]

export interface LoadOptions {
  /** The name shown in problems. */
  readonly file: string
  /** The environment is handed in; nothing below the top floor reads it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Contents of a secret file named by `${file:/path}`; throws when it cannot be read. */
  readonly readFile: (path: string) => string
}

/** A mapping file as plain values, with the way back from a value to its place in the text. */
export interface Loaded {
  readonly doc: Document.Parsed
  readonly value: Json | undefined
  readonly problems: readonly Problem[]
  readonly report: Report
  /** Was this key written in quotes? `"0"` is text, `0` a number. */
  isQuoted(path: FilePath): boolean
  /** The scalar as it was written, before substitution. */
  written(path: FilePath): string | undefined
  /** The parts of a scalar that came from the environment or a file. */
  substituted(path: FilePath): readonly string[]
}

const maxNodes = 50_000
const maxDepth = 40
const keyOf = (path: FilePath): string => JSON.stringify(path)
/** Below these keys null and the empty string are values of their own, not "left out". */
const keepsNull = new Set(['set', 'create', 'values', 'keys', 'write', 'none'])
/** The same below these, and in the tests of a column. */
const tests = new Set(['where', 'hide', 'match', 'own'])

function nullStays(path: FilePath): boolean {
  const [parent = '', above = ''] = path.filter((key) => typeof key === 'string').reverse()
  return keepsNull.has(parent) || tests.has(parent) || tests.has(above)
}

/**
 * Reads YAML (JSON is YAML) and substitutes `${NAME}`, `${NAME:-default}` and `${file:/path}` in scalars. Duplicate keys,
 * unset variables and aliases that grow without bound are problems; nothing here throws.
 */
export function loadMapping(text: string, options: LoadOptions): Loaded {
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', strict: true })
  const problems: Problem[] = []
  const starts = new Map<string, number>()
  const quoted = new Set<string>()
  const sources = new Map<string, string>()
  const pieces = new Map<string, readonly string[]>()

  const at = (offset: number): { readonly line: number; readonly column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const put = (
    offset: number,
    path: FilePath,
    message: string,
    hint?: string,
    severity: Problem['severity'] = 'error',
  ) => {
    const problem: Problem = { file: options.file, ...at(offset), path, message, hint, severity }
    const same = (p: Problem) => p.line === problem.line && p.column === problem.column && p.message === message
    if (!problems.some(same)) problems.push(problem)
  }
  /** The nearest place that stands in the text: a missing key is reported at its parent. */
  const offsetOf = (path: FilePath): number => {
    for (let n = path.length; n >= 0; n--) {
      const start = starts.get(keyOf(path.slice(0, n)))
      if (start !== undefined) return start
    }
    return 0
  }
  const report: Report = {
    error: (path, message, hint) => put(offsetOf(path), path, message, hint),
    warning: (path, message, hint) => put(offsetOf(path), path, message, hint, 'warning'),
  }

  for (const issue of [...doc.errors, ...doc.warnings]) {
    const message = issue.code === 'DUPLICATE_KEY' ? 'this key is there twice' : (issue.message.split('\n')[0] ?? '')
    put(issue.pos[0], [], message.replace(/ at line \d+, column \d+:?$/, ''))
  }

  let nodes = 0
  const open = new Set<unknown>()

  function scalar(node: Scalar, path: FilePath): Json | undefined {
    const start = node.range?.[0] ?? 0
    // a key may have more digits than a double, and another number is another record
    if (isRounded(node.value)) return node.source ?? String(node.value)
    if (typeof node.value !== 'string') {
      const value = node.value
      if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
      put(start, path, 'this value is neither text, number, true, false nor null')
      return undefined
    }
    if (!node.value.includes('${')) return node.value
    sources.set(keyOf(path), node.value)
    const result = substitute(node.value, options)
    for (const problem of result.problems) put(start, path, problem.message, problem.hint)
    if (result.problems.length > 0) return undefined
    pieces.set(keyOf(path), result.pieces)
    // written without quotes and nothing around it, `${COMPANY}` may be a number; text of the backend stays text
    const typed =
      node.type === 'PLAIN' && path[0] !== 'backend' && result.pieces.length === 1 && result.pieces[0] === result.text
    return typed ? plainScalar(result.text) : result.text
  }

  function mapping(node: YAMLMap, path: FilePath): Json {
    const entries = new Map<string, Json>()
    const isMerged = new Set<string>()
    for (const pair of node.items) {
      const key = pair.key as ParsedNode | null
      if (!isScalar(key)) {
        put((key as Node | null)?.range?.[0] ?? 0, path, 'a key must be plain text')
        continue
      }
      const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
      const start = key.range?.[0] ?? 0
      if (name === '__proto__') {
        put(start, path, 'this key cannot be used')
        continue
      }
      const below = [...path, name]
      if (name === '<<' && key.type === 'PLAIN') {
        const merged = plain(pair.value as Node | null, path)
        for (const one of Array.isArray(merged) ? (merged as readonly Json[]) : [merged]) {
          if (typeof one !== 'object' || one === null || Array.isArray(one))
            put(start, path, '<< takes an alias of a map')
          else
            for (const [k, v] of Object.entries(one)) {
              if (entries.has(k)) continue
              entries.set(k, v)
              isMerged.add(k)
            }
        }
        continue
      }
      if (entries.has(name) && !isMerged.has(name)) put(start, below, 'this key is there twice')
      isMerged.delete(name)
      if (key.type !== 'PLAIN') quoted.add(keyOf(below))
      starts.set(keyOf(below), start)
      const value = plain(pair.value as Node | null, below)
      // an optional key that is left empty, by hand or by an empty variable, counts as absent
      const isEmpty = value === null || (value === '' && pieces.has(keyOf(below)))
      if (value === undefined || (isEmpty && !nullStays(path))) continue
      entries.set(name, value)
    }
    return Object.fromEntries(entries)
  }

  function plain(node: Node | null, path: FilePath): Json | undefined {
    if (node === null) return null
    if (++nodes > maxNodes || path.length > maxDepth) {
      put(node.range?.[0] ?? 0, [], 'the file is too large or too deep', 'anchors are expanded, and that is bounded')
      return undefined
    }
    if (!starts.has(keyOf(path))) starts.set(keyOf(path), node.range?.[0] ?? 0)
    if (isAlias(node)) {
      const target = node.resolve(doc)
      if (target === undefined || open.has(target)) {
        put(node.range?.[0] ?? 0, path, target === undefined ? `no anchor &${node.source}` : 'this alias holds itself')
        return undefined
      }
      return plain(target, path)
    }
    if (isScalar(node)) {
      if (node.range) starts.set(keyOf(path), starts.get(keyOf(path)) ?? node.range[0])
      return scalar(node, path)
    }
    open.add(node)
    try {
      if (isMap(node)) return mapping(node, path)
      if (isSeq(node)) return node.items.map((item, i) => plain(item as Node | null, [...path, i]) ?? null)
      return undefined
    } finally {
      open.delete(node)
    }
  }

  // a text that does not parse is not read further: what would follow are echoes of the first mistake
  const value = doc.errors.some((e) => e.code !== 'DUPLICATE_KEY') ? undefined : plain(doc.contents, [])
  return {
    doc,
    value,
    problems,
    report,
    isQuoted: (path) => quoted.has(keyOf(path)),
    written: (path) => sources.get(keyOf(path)),
    substituted: (path) => pieces.get(keyOf(path)) ?? [],
  }
}

const isRounded = (value: unknown): boolean =>
  typeof value === 'bigint' || (Number.isInteger(value) && !Number.isSafeInteger(value))

/** What an unquoted word means: a whole number, true, false, null or text. */
export function plainScalar(text: string): string | number | boolean | null {
  if (/^-?(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  if (text === 'true') return true
  if (text === 'false') return false
  return text === 'null' || text === '~' ? null : text
}
