import type { NativeOperation } from '../../src/plan/port.ts'
import type { Explanation } from '../../src/service/explain.ts'
import { expand, matches } from '../sqlite-log.ts'

/** Whether a read found anything: a single record, or records for a page. */
export type Found = 'some' | 'missing' | 'empty'

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
export function departure({ operations }: Explanation, log: readonly string[], found: Found): string | undefined {
  const refused = log.at(-1) === 'ROLLBACK'
  const all =
    found === 'missing' && !refused ? firstOnly(operations) : found === 'empty' ? withoutParts(operations) : operations
  const expected = refused ? all.slice(0, log.length - 1) : withChunks(all, log.length)
  const shown = refused ? log.slice(0, -1) : log
  const differing = Array.from({ length: Math.max(expected.length, shown.length) }, (_, i) => i).find((i) => {
    const one = expected[i]
    const logged = shown[i]
    return one === undefined || logged === undefined || !matches(expand(known(one))).test(logged)
  })
  if (differing === undefined) return undefined
  const one = expected[differing]
  return `${differing + 1}. explained: ${one === undefined ? 'nothing' : expand(one)}\n   logged:    ${shown[differing] ?? 'nothing'}`
}

/**
 * Where the writes in the log depart from those of a rehearsal. Each of the two makes ids and times of its own, so the
 * statements are compared and their values are not.
 */
export function departureOfWrites({ operations }: Explanation, log: readonly string[]): string | undefined {
  const written = log.filter((statement) => /^(?:INSERT|UPDATE|DELETE)/.test(statement))
  const told = operations.map((one) => expand({ ...one, params: one.params.map(() => ({ unknown: 'made anew' })) }))
  if (told.length === 0) return 'nothing was rehearsed'
  const same = told.length === written.length && told.every((one, i) => matches(one).test(written[i] ?? ''))
  return same ? undefined : `rehearsed: ${told.join('\n')}\nlogged:    ${written.join('\n')}`
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
  const second = operations.findIndex((one, i) => i > 0 && one.text === 'BEGIN')
  if (second < 0) return operations
  const first = operations.slice(0, second)
  const more = operations.slice(second)
  const times = Math.max(0, Math.ceil((count - first.length) / more.length))
  return [...first, ...Array.from({ length: times }, () => more).flat()]
}
