import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { BridgeError } from '../../base/errors.ts'
import { fold } from '../../scim/compare.ts'
import type { SqlConfig } from './config.ts'
import { memoryFile } from './config.ts'
import type { Statement } from './dialect.ts'
import type { Result, Row } from './program.ts'

/** One connection; its statements run one after the other. */
export interface Connection {
  /** Throws when what it is connected to is not the database any more. Asked before every program. */
  check(): void
  execute(statement: Statement): Promise<Result>
  /** Holds the connection for one program: the steps of two programs never mix. */
  alone<T>(work: () => Promise<T>): Promise<T>
  close(): void
}

/** Prepared statements kept; the texts of a mapping are few, but a filter may have any shape. */
const keptStatements = 200

/** An integer goes as INTEGER: node:sqlite binds every number as REAL, which a text column would keep as '2.0'. */
function toNative(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (value === null || typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array)
    return value
  throw new TypeError('a value without a native form')
}

const fromNative = (value: unknown): Row[number] => {
  if (typeof value !== 'bigint') return value as Row[number]
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

export function openConnection(config: SqlConfig, readOnly: boolean): Connection {
  const inMemory = config.file === memoryFile
  const isNew = inMemory || !existsSync(config.file)
  // opening would make an empty file out of a mistyped name
  if (isNew && !inMemory && (config.init === undefined || config.readOnly))
    throw new BridgeError('unavailable', 'the database file does not exist')
  const init = isNew && config.init !== undefined && !readOnly ? readInit(config.init) : undefined
  if (isNew && !inMemory) mkdirSync(dirname(config.file), { recursive: true })
  const db = new DatabaseSync(config.file, {
    readOnly: readOnly && !inMemory,
    enableForeignKeyConstraints: true,
    enableDoubleQuotedStringLiterals: false,
    allowExtension: false,
    defensive: true,
    // while opening, and for a reader that meets a recovery; a writer waits in run.ts, without stopping the process
    timeout: 250,
  })
  try {
    db.function('scim_fold', { deterministic: true }, (text) => (text === null ? null : fold(String(text))))
    if (!readOnly && !inMemory) db.exec('PRAGMA journal_mode = WAL')
    if (!readOnly) db.exec('PRAGMA busy_timeout = 0')
    if (init !== undefined) db.exec(init)
  } catch (error) {
    db.close()
    // half of a schema must not pass for a database at the next start
    if (init !== undefined && !inMemory)
      for (const end of ['', '-wal', '-shm']) rmSync(config.file + end, { force: true })
    throw error
  }
  return overDatabase(db, inMemory ? () => undefined : sameFile(config.file))
}

/**
 * A database that is deleted or restored from a copy meanwhile stays open without a name: what is written then is lost,
 * and nobody would be told.
 */
function sameFile(file: string): () => void {
  const opened = statSync(file)
  return () => {
    const now = statSync(file, { throwIfNoEntry: false })
    if (now?.ino === opened.ino && now.dev === opened.dev) return
    throw new BridgeError('unavailable', 'the database file has been removed or replaced since the bridge was started')
  }
}

function readInit(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new BridgeError('unavailable', 'the file that makes a new database cannot be read', error)
  }
}

function overDatabase(db: DatabaseSync, check: () => void): Connection {
  const kept = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    const known = kept.get(text)
    if (known !== undefined) {
      kept.delete(text)
      kept.set(text, known)
      return known
    }
    const fresh = db.prepare(text, { readBigInts: true, returnArrays: true })
    kept.set(text, fresh)
    const [oldest] = kept.keys()
    if (kept.size > keptStatements && oldest !== undefined) kept.delete(oldest)
    return fresh
  }
  let turn: Promise<unknown> = Promise.resolve()
  return {
    check,
    execute: async ({ text, params }) => {
      const statement = prepare(text)
      const values = params.map(toNative)
      if (statement.columns().length === 0) {
        return { rows: [], changes: Number(statement.run(...values).changes) }
      }
      const rows = statement.all(...values) as unknown as readonly (readonly unknown[])[]
      return { rows: rows.map((row) => row.map(fromNative)), changes: rows.length }
    },
    alone: (work) => {
      const mine = turn.then(work, work)
      turn = mine.catch(() => undefined)
      return mine
    },
    close: () => {
      kept.clear()
      if (db.isOpen) db.close()
    },
  }
}
