import { sql } from 'kysely'
import { BridgeError } from '../../base/errors.ts'
import type { Database } from './database.ts'
import type { Expression } from './expression.ts'
import type { Result, Row, Step, Steps } from './program.ts'
import { nothing } from './program.ts'

interface Told {
  readonly note?: string
  /** The rows that explain goes on with. */
  readonly rows?: readonly Row[]
}

const step = (database: Database, expression: Expression, does: 'read' | 'write' | 'lock', told: Told): Step => ({
  kind: 'statement',
  statement: database.dialect.compile(expression),
  writes: does === 'write',
  locks: does === 'lock',
  note: told.note,
  assume: { rows: told.rows ?? [], changes: 1 },
})

export function* read(database: Database, expression: Expression, told: Told = {}): Steps<readonly Row[]> {
  return (yield step(database, expression, 'read', told)).rows
}

export function* write(database: Database, expression: Expression, told: Told = {}): Steps<Result> {
  return yield step(database, expression, 'write', told)
}

function* plain(text: string): Steps<void> {
  yield {
    kind: 'statement',
    statement: { text, params: [] },
    writes: false,
    locks: false,
    note: undefined,
    assume: { rows: [], changes: 0 },
  }
}

/** Waits for the lock of this name, where the database has such locks; SQLite's writers are alone anyway. */
export function* lockName(database: Database, name: string, note: string): Steps<void> {
  const expression = database.dialect.lockName(name)
  if (expression === undefined) return
  const { rows } = yield step(database, expression, 'lock', { note, rows: [[1]] })
  if (Number(rows[0]?.[0]) !== 1) throw new BridgeError('busy', 'another request is writing the same value; try again')
}

/** One transaction. When the steps inside fail, whoever runs them undoes it: the connection may be gone by then. */
export function* transaction<T>(database: Database, kind: 'read' | 'write', inside: Steps<T>): Steps<T> {
  const { begin, beforeWrite } = database.dialect
  if (kind === 'write' && beforeWrite !== undefined) yield* plain(beforeWrite)
  yield* plain(begin[kind])
  let isLocked = false
  let next = inside.next(nothing)
  while (next.done !== true) {
    if (next.value.kind === 'statement' && next.value.locks) isLocked = true
    next = inside.next(yield next.value)
  }
  yield* plain(database.dialect.commit)
  if (isLocked && database.dialect.unlockNames !== undefined) yield* plain(database.dialect.unlockNames)
  return next.value
}

/** The smallest question. */
export function* ping(database: Database): Steps<void> {
  yield* read(database, sql`SELECT 1${database.dialect.fromNothing}`)
}
