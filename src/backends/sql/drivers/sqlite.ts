import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { z } from 'zod'
import { BridgeError } from '../../../base/errors.ts'
import { fold } from '../../../scim/compare.ts'
import type { Connection, Pool } from '../connection.ts'
import { sectionWords } from '../config.ts'
import { sqlite } from '../dialects/sqlite.ts'
import type { Driver } from '../driver.ts'
import { timedOut } from '../errors.ts'
import { readSqliteSchema } from '../live/sqlite.ts'
import type { Row } from '../program.ts'

const section = z.strictObject({
  ...sectionWords,
  dialect: z.literal('sqlite'),
  /** The database file; a relative path starts at the folder of the mapping file. */
  file: z.string().min(1),
  /** SQL that is run once, when the file is new. */
  init: z.string().min(1).optional(),
  /** How long a write waits for another process that holds the database, in milliseconds. */
  busy: z.number().int().min(0).max(60_000).optional(),
})

interface Config {
  readonly file: string
  readonly init: string | undefined
  readonly readOnly: boolean
  readonly busy: number
}

const memoryFile = ':memory:'

function configOf(said: unknown, base: string): Config {
  const { file, init, readOnly, busy } = section.parse(said)
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(base, path))
  return {
    file: file === memoryFile ? file : at(file),
    init: init === undefined ? undefined : at(init),
    readOnly: readOnly ?? false,
    busy: busy ?? 5_000,
  }
}

/** Node's own SQLite. Writes have a connection of their own: in WAL mode a reader never waits for it. */
export const sqliteDriver: Driver = {
  dialect: sqlite,
  section,
  open: async (said, base) => {
    const config = configOf(said, base)
    if (config.readOnly) return poolOf(openDatabase(config, true), undefined)
    const write = openDatabase(config, false)
    if (config.file === memoryFile) return poolOf(write, write)
    try {
      return poolOf(openDatabase(config, true), write)
    } catch (error) {
      write.close()
      throw error
    }
  },
  readSchema: (connection) => readSqliteSchema(connection),
}

/** A database with its statements; programs take turns. */
interface Opened {
  readonly connection: Connection
  /** Throws when what it is connected to is not the database any more. Asked before every program. */
  check(): void
  alone<T>(work: () => Promise<T>): Promise<T>
  close(): void
}

const poolOf = (read: Opened, write: Opened | undefined): Pool => ({
  writable: write !== undefined,
  use: (kind, signal, work) => {
    const opened = kind === 'write' && write !== undefined ? write : read
    return opened.alone(() => {
      if (signal.aborted) throw timedOut(signal)
      opened.check()
      return work(opened.connection)
    })
  },
  close: async () => {
    await read.alone(async () => read.close())
    await write?.alone(async () => write.close())
  },
})

/** Prepared statements kept; the texts of a mapping are few, but a filter may have any shape. */
const keptStatements = 200

/** How long one program of many steps may keep everybody else waiting, the driver being synchronous, in milliseconds. */
const stretch = 20

/** How often a writer asks again for a database that another process holds, in milliseconds. */
const step = 10

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

function openDatabase(config: Config, readOnly: boolean): Opened {
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
    // while opening, and for a reader that meets a recovery; a writer waits in `patiently`, without stopping the process
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
  return overDatabase(db, config.busy, inMemory ? () => undefined : sameFile(config.file))
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

function overDatabase(db: DatabaseSync, busy: number, check: () => void): Opened {
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
  let since = performance.now()
  const execute: Connection['execute'] = async ({ text, params }, signal) => {
    if (performance.now() - since > stretch) {
      await turn()
      since = performance.now()
    }
    if (signal.aborted) throw timedOut(signal)
    const statement = prepare(text)
    const values = params.map(toNative)
    if (statement.columns().length === 0) return { rows: [], changes: Number(statement.run(...values).changes) }
    const rows = statement.all(...values) as unknown as readonly (readonly unknown[])[]
    return { rows: rows.map((row) => row.map(fromNative)), changes: rows.length }
  }
  let last: Promise<unknown> = Promise.resolve()
  return {
    connection: {
      // it is the only one, and a ROLLBACK of SQLite does not fail while the database is open
      abandon: () => undefined,
      execute: (statement, signal) =>
        statement.text === sqlite.begin.write
          ? patiently(busy, signal, () => execute(statement, signal))
          : execute(statement, signal),
    },
    check,
    alone: (work) => {
      const fresh = (): ReturnType<typeof work> => {
        since = performance.now()
        return work()
      }
      const mine = last.then(fresh, fresh)
      last = mine.catch(() => undefined)
      return mine
    },
    close: () => {
      kept.clear()
      if (db.isOpen) db.close()
    },
  }
}

/** SQLite has one writer. Waiting inside the driver would stop the whole process, so the wait is here. */
async function patiently<T>(milliseconds: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const until = Date.now() + milliseconds
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (sqlite.failure(error)?.reason !== 'busy' || Date.now() >= until) throw error
      if (signal.aborted) throw timedOut(signal)
      await sleep(step)
    }
  }
}
