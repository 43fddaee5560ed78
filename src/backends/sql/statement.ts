import type { Database } from './database.ts'
import type { Expression } from './expression.ts'
import type { Result, Row, Step, Steps } from './program.ts'

interface Told {
  readonly note?: string
  /** The rows that explain goes on with. */
  readonly rows?: readonly Row[]
}

const step = (database: Database, expression: Expression, writes: boolean, told: Told): Step => ({
  kind: 'statement',
  statement: database.dialect.compile(expression),
  writes,
  note: told.note,
  assume: { rows: told.rows ?? [], changes: 1 },
})

export function* read(database: Database, expression: Expression, told: Told = {}): Steps<readonly Row[]> {
  return (yield step(database, expression, false, told)).rows
}

export function* write(database: Database, expression: Expression, told: Told = {}): Steps<Result> {
  return yield step(database, expression, true, told)
}

function* plain(text: string): Steps<void> {
  yield {
    kind: 'statement',
    statement: { text, params: [] },
    writes: false,
    note: undefined,
    assume: { rows: [], changes: 0 },
  }
}

/** One transaction. When the steps inside fail, whoever runs them undoes it: the connection may be gone by then. */
export function* transaction<T>(database: Database, kind: 'read' | 'write', inside: Steps<T>): Steps<T> {
  yield* plain(database.dialect.begin[kind])
  const result = yield* inside
  yield* plain(database.dialect.commit)
  return result
}
