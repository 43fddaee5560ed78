import type { z } from 'zod'
import { mappingFile } from './file.ts'
import type { WrittenFile } from './file.ts'
import type { FilePath, Loaded } from './load.ts'
import { suggest } from './suggest.ts'

type Issue = z.core.$ZodIssue

/** The file as far as its shape is right, and what had to be left out of it. */
export interface Validated {
  readonly file: WrittenFile
  readonly leftOut: readonly FilePath[]
}

/**
 * The shape of the file. What zod says of unions is taken apart: the branch that was meant is the one that got furthest.
 * What is wrong is left out and the rest goes on to be compiled, so that mistakes of shape do not hide those of meaning;
 * undefined when nothing is left to go on with.
 */
export function validateFile(loaded: Loaded): Validated | undefined {
  let value: unknown = loaded.value ?? {}
  const leftOut: FilePath[] = []
  // what is left out may be missed by what is around it, which then goes as well
  for (let round = 0; round < 5; round++) {
    const result = mappingFile.safeParse(value)
    if (result.success) return { file: result.data, leftOut }
    if (round === 0) for (const issue of result.error.issues) tell(loaded, issue, [])
    for (const wrong of result.error.issues.flatMap((issue) => placesOf(issue, []))) {
      const gone = valueAt(value, wrong) === undefined ? wrong.slice(0, -1) : wrong
      if (gone.length === 0) return undefined
      leftOut.push(gone)
      value = without(value, gone)
    }
  }
  return undefined
}

/** The same value without what stands at a path. */
function without(value: unknown, [key, ...rest]: FilePath): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    return rest.length === 0
      ? value.filter((_, i) => i !== key)
      : value.map((item: unknown, i) => (i === key ? without(item, rest) : item))
  }
  const entries = Object.entries(value)
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([name]) => name !== key)
      : entries.map(([name, item]) => [name, name === key ? without(item, rest) : item]),
  )
}

const pathOf = (issue: Issue, above: FilePath): FilePath => [
  ...above,
  ...issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
]

/** The branches of a union that the value could have been meant for: those whose kind of value it is. */
function meantBy(issue: Extract<Issue, { code: 'invalid_union' }>): readonly (readonly Issue[])[] {
  const branches = issue.errors.map((branch) => branch as readonly Issue[])
  const kind = branches.filter((branch) => !branch.some((one) => one.code === 'invalid_type' && one.path.length === 0))
  const meant = kind.filter((branch) => !branch.some(isOfOtherBranch))
  return meant.length > 0 ? meant : kind.length > 0 ? kind : branches
}

/** Of the two forms of a resource type it is `upstream` that tells which one is meant. */
const isOfOtherBranch = (issue: Issue): boolean =>
  (issue.code === 'unrecognized_keys' && issue.path.length === 0 && issue.keys.includes('upstream')) ||
  (issue.code === 'invalid_type' && issue.path.length === 1 && issue.path[0] === 'upstream' && isMissing(issue))

const isMissing = (issue: Extract<Issue, { code: 'invalid_type' }>): boolean =>
  issue.input === undefined && issue.message.includes('received undefined')

/** Where the wrong values stand, as deep inside as can be told. */
function placesOf(issue: Issue, above: FilePath): readonly FilePath[] {
  const path = pathOf(issue, above)
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key])
  if (issue.code !== 'invalid_union') return [path]
  const [meant = [], ...others] = meantBy(issue)
  return others.length === 0 ? meant.flatMap((one) => placesOf(one, path)) : [path]
}

function tell(loaded: Loaded, issue: Issue, above: FilePath): void {
  const path = pathOf(issue, above)
  switch (issue.code) {
    case 'invalid_union': {
      const [meant = [], ...others] = meantBy(issue)
      if (others.length === 0) for (const one of meant) tell(loaded, one, path)
      else loaded.report.error(path, choice(issue, meantBy(issue)))
      return
    }
    case 'unrecognized_keys':
      issue.message.split('; ').forEach((message, i) => {
        const key = issue.keys[i]
        const [said = message, hint] = message.split(/, (?=did you mean)/)
        loaded.report.error(key === undefined ? path : [...path, key], said, hint)
      })
      return
    case 'invalid_type': {
      const missing = isMissing(issue)
      const name = path.at(-1)
      loaded.report.error(
        path,
        missing ? `"${String(name)}" is missing` : `${where(path)}${expected(issue.expected)} is expected here`,
      )
      return
    }
    case 'invalid_value': {
      if (!/^Invalid (?:input|option)/.test(issue.message)) {
        loaded.report.error(path, `${where(path)}${issue.message}`)
        return
      }
      const known = issue.values.map(String)
      const given = valueAt(loaded.value, path)
      const said =
        typeof given === 'string' ? `"${given}" is none of` : known.length === 1 ? 'expected' : 'expected one of'
      loaded.report.error(
        path,
        `${where(path)}${said} ${known.join(', ')}`,
        typeof given === 'string' ? suggest(given, known) : undefined,
      )
      return
    }
    case 'too_small':
      if (issue.origin === 'array') {
        loaded.report.error(path, `${where(path)}at least ${issue.minimum} items are expected here`)
        return
      }
      loaded.report.error(path, `${where(path)}${issue.message}`)
      return
    default:
      loaded.report.error(path, `${where(path)}${issue.message.replace(/^Invalid (?:input|option): /, '')}`)
  }
}

/** What the file holds at a path; a union's issues do not carry it. */
const valueAt = (value: unknown, path: FilePath): unknown =>
  path.reduce<unknown>(
    (held, key) =>
      typeof held === 'object' && held !== null && Object.hasOwn(held, key)
        ? (held as Readonly<Record<string | number, unknown>>)[key]
        : undefined,
    value,
  )

const where = (path: FilePath): string => (path.length === 0 ? '' : `${String(path.at(-1))}: `)

const words: Readonly<Record<string, string>> = {
  object: 'a block',
  record: 'a block',
  array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  int: 'a whole number',
}
const expected = (kind: string): string => words[kind] ?? kind

/** Several forms would do, and none fits. */
function choice(issue: Issue, branches: readonly (readonly Issue[])[]): string {
  const said = branches
    .flatMap((branch) => branch.slice(0, 1))
    .map((one) => {
      if (one.code === 'invalid_type') return expected(one.expected)
      if (one.code === 'invalid_value') return one.values.map((v) => String(v)).join(' | ')
      return one.message
    })
  return `${where(issue.path.map(String))}expected ${[...new Set(said)].join(', or ')}`
}
