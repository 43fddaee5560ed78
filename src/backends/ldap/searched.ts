import { BridgeError } from '../../base/errors.ts'
import { code } from './codes.ts'
import { failed } from './failed.ts'
import type { Entry, Operation, Result, Search } from './operation.ts'
import type { Steps } from './program.ts'

/** Notes of steps that end what was begun. */
const ends: ReadonlySet<string> = new Set(['undo', 'once more', 'was it added', 'was it renamed'])

/** An operation and its answer, whatever it is. */
export function* tried(operation: Operation, note: string | undefined, assume: Result): Steps<Result> {
  return yield { kind: 'operation', operation, note, assume, isInsistent: note !== undefined && ends.has(note) }
}

/**
 * The entries that a search finds: all of them, or an error. An account may be told fewer at once than it asks for by
 * their ids, and yet find all of them by pages (the size limits of slapd.conf(5)).
 */
export function* searched(search: Search, note: string | undefined, assume: Result): Steps<readonly Entry[]> {
  const result = yield* tried(search, note, assume)
  if (result.code === code.success) return result.entries
  if (result.code !== code.sizeLimitExceeded) throw gone(result, search)
  const entries: Entry[] = []
  const take = (some: readonly Entry[]): void => void entries.push(...some)
  const last = yield { kind: 'walk', search, note: 'page by page', take, share: undefined }
  if (last.code === code.success) return entries
  throw gone(last, search)
}

/** A base that has gone is no empty one: no client may take everybody for deleted because a server was set up anew. */
export const gone = (result: Result, search: Search): BridgeError =>
  result.code === code.noSuchObject
    ? new BridgeError('unavailable', 'The directory does not hold what is mapped at present', failed(result, search))
    : failed(result, search)
