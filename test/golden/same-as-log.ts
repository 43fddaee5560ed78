import type { JsonObject } from '../../src/base/json.ts'
import type { NativeOperation } from '../../src/plan/port.ts'
import type { Explanation } from '../../src/service/explain.ts'
import { expand, matches } from '../sqlite-log.ts'

/** What a log is made of. */
export interface LogForm<L> {
  text(logged: L): string
  /** A value that only the run knows stands for any. */
  same(told: NativeOperation, logged: L): boolean
  /** Said after the end of a transaction that held locks by name. */
  readonly unlock: string | undefined
}

/** SQLite's, with the values in the text. */
export const sqliteForm: LogForm<string> = {
  text: (logged) => logged,
  same: (told, logged) => matches(expand(told)).test(logged),
  unlock: undefined,
}

/** Whether a read found anything: a single record, or records for a page. */
export type Found = 'some' | 'missing' | 'empty'

export function foundBy(told: string, body: JsonObject | undefined): Found {
  if (body === undefined && told.startsWith('notFound')) return 'missing'
  return body?.['totalResults'] === 0 ? 'empty' : 'some'
}

const withoutParts = (operations: readonly NativeOperation[]): readonly NativeOperation[] =>
  operations.filter((one) => !one.params.some(isPageKey))

const firstOnly = (operations: readonly NativeOperation[]): readonly NativeOperation[] =>
  operations.length === 1 ? operations : [...operations.slice(0, 2), ...operations.slice(-1)]

const isPageKey = (param: unknown): boolean => JSON.stringify(param) === '{"unknown":"keys of the page"}'

/**
 * Where the log departs from what was explained; undefined when it does not. Four things depend on what the database
 * holds, and nothing else may: values printed as ‹…›; a request that a check refuses ends there with ROLLBACK; parts of
 * a record that is not there or of an empty page are not read; the chunks of a read that the bridge cuts go on while there are any.
 */
export function departure<L>(
  form: LogForm<L>,
  { operations }: Explanation,
  logged: readonly L[],
  found: Found,
): string | undefined {
  const { log, refused } = ended(form, logged)
  const all =
    found === 'missing' && !refused ? firstOnly(operations) : found === 'empty' ? withoutParts(operations) : operations
  const expected = refused ? all.slice(0, log.length) : withChunks(all, log.length)
  const differing = Array.from({ length: Math.max(expected.length, log.length) }, (_, i) => i).find((i) => {
    const one = expected[i]
    const got = log[i]
    return one === undefined || got === undefined || !form.same(known(one), got)
  })
  if (differing === undefined) return undefined
  const one = expected[differing]
  const got = log[differing]
  return `${differing + 1}. explained: ${one === undefined ? 'nothing' : expand(one)}\n   logged:    ${got === undefined ? 'nothing' : form.text(got)}`
}

/** Without the ROLLBACK of a request that was refused, and what belongs to it. */
function ended<L>(
  { text, unlock }: LogForm<L>,
  logged: readonly L[],
): { readonly log: readonly L[]; readonly refused: boolean } {
  const texts = logged.map(text)
  const end = texts.at(-1) === unlock ? -2 : -1
  return texts.at(end) === 'ROLLBACK' ? { log: logged.slice(0, end), refused: true } : { log: logged, refused: false }
}

/**
 * Where the writes in the log depart from those of a rehearsal. Each of the two makes ids and times of its own, so the
 * statements are compared and their values are not.
 */
export function departureOfWrites<L>(
  form: LogForm<L>,
  { operations }: Explanation,
  log: readonly L[],
): string | undefined {
  const written = log.filter((one) => /^(?:INSERT|UPDATE|DELETE)/.test(form.text(one)))
  const told = operations.map((one) => ({ ...one, params: one.params.map(() => ({ unknown: 'made anew' })) }))
  if (told.length === 0) return 'nothing was rehearsed'
  const same = told.length === written.length && told.every((one, i) => form.same(one, written[i]!))
  return same ? undefined : `rehearsed: ${told.map(expand).join('\n')}\nlogged:    ${written.map(form.text).join('\n')}`
}

/** The id that a condition on the side store finds is not known without it. */
const known = (operation: NativeOperation): NativeOperation => ({
  ...operation,
  params: operation.params.map((param) =>
    param === 'ID-FROM-SIDE-STORE' ? { unknown: 'id from the side store' } : param,
  ),
})

/** The second chunk stands for all that follow; a single one has none. */
function withChunks(operations: readonly NativeOperation[], count: number): readonly NativeOperation[] {
  const second = operations.findIndex((one, i) => i > 0 && one.text === operations[0]?.text)
  if (second < 0) return operations
  const first = operations.slice(0, second)
  const more = operations.slice(second)
  const times = Math.max(0, Math.ceil((count - first.length) / more.length))
  return [...first, ...Array.from({ length: times }, () => more).flat()]
}
