import { BridgeError, isBridgeError } from '../../base/errors.ts'
import type { Database } from './database.ts'
import { attributeOf } from './database.ts'
import type { Failure } from './dialect.ts'

const general: Readonly<Record<Failure['reason'] & string, string>> | Readonly<Record<string, string>> = {
  busy: 'the database is busy; try again',
  denied: 'the database does not allow this',
  unavailable: 'the database is not available',
  timeout: 'the database took too long',
  limit: 'a value is larger than the database takes',
  constraint: 'a rule of the database does not allow these values',
  conflict: 'a value that must be unique is in use already',
}

/** What a failure of the database means to a client. Nothing of the statement, its values or the file is told. */
export function bridgeError(database: Database, error: unknown): BridgeError {
  if (isBridgeError(error)) return error
  const failure = database.dialect.failure(error)
  if (failure === undefined) return new BridgeError('internal', 'the database could not be asked', error)
  return new BridgeError(failure.reason, detailOf(database, failure), error)
}

function detailOf(database: Database, failure: Failure): string {
  const columns =
    failure.constraint === undefined ? failure.columns : database.constrained(failure.table, failure.constraint)
  const names = [...new Set(columns.map((name) => attributeOf(database, failure.table, name)))]
  const named = names.filter((name) => name !== undefined).join(', ')
  switch (failure.why) {
    case 'unique':
      return named === '' ? general['conflict']! : `another record has this ${named} already`
    case 'notNull':
      return named === ''
        ? 'the database requires a value that this request does not give'
        : `${named} requires a value`
    case 'foreignKey':
      return 'other records of the application refer to this one, or it refers to one that does not exist'
    case 'check':
      return named === '' ? general['constraint']! : `a rule of the database does not allow this ${named}`
    case 'value':
      return named === ''
        ? 'the database cannot store one of these values as it is'
        : `${named} is a value that the database cannot store as it is`
    case 'other':
      return (general as Readonly<Record<string, string>>)[failure.reason] ?? 'the database could not do this'
    default:
      return failure.why
  }
}

export const timedOut = (signal: AbortSignal): BridgeError =>
  new BridgeError('timeout', 'the request was given up before it was finished', signal.reason)
