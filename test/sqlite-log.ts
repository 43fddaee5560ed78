import diagnostics from 'node:diagnostics_channel'
import type { DatabaseSync } from 'node:sqlite'
import type { NativeOperation } from '../src/plan/port.ts'

/** Stands for the literal of a value that only the run knows. */
const open = '‹?›'

/** A statement as SQLite's own log shows it: every placeholder replaced by the literal of its value. */
export const expand = ({ text: sql, params }: NativeOperation): string => {
  let next = 0
  return sql.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\?/g, (piece) => (piece === '?' ? literal(params[next++]) : piece))
}

function literal(value: unknown): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`
  return open
}

/** What the log of a statement must look like; a value that only the run knows stands for any literal. */
export const matches = (expanded: string): RegExp =>
  new RegExp(
    `^${expanded
      .split(open)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join("(?:'(?:[^']|'')*'|NULL|-?[0-9.]+)")}$`,
  )

export interface Recorder {
  /** The statements that were executed since the start, in order, values expanded by SQLite itself. */
  readonly log: string[]
  stop(): void
}

/**
 * Listens to what the databases of this process execute. The channel tells the statements that were handed to SQLite;
 * what a trigger or a foreign key runs inside one of them is not among them (`sqlite-log.test.ts` holds that).
 */
export function record(which: (database: DatabaseSync) => boolean): Recorder {
  const log: string[] = []
  const listen = (message: unknown): void => {
    const { sql, database } = message as { readonly sql: string; readonly database: DatabaseSync }
    if (which(database)) log.push(sql)
  }
  diagnostics.subscribe('sqlite.db.query', listen)
  return { log, stop: () => void diagnostics.unsubscribe('sqlite.db.query', listen) }
}
