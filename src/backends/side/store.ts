import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { scimId } from '../../base/brand.ts'
import type { ScimId } from '../../base/brand.ts'
import { BridgeError, isBridgeError } from '../../base/errors.ts'
import type { NativeScalar, NativeValue } from '../../mapping/slot.ts'
import type { SideValues } from '../../plan/plan.ts'
import type { Evidence, Intent, SideStore } from '../../plan/port.ts'
import { keep, pack, unkeep, unpack } from './encode.ts'
import { conditionOf } from './find.ts'

/** `ordinal` is -1 for a single value and counts from 0 in a list, so that a list of one stays a list. */
const schema = `
  CREATE TABLE IF NOT EXISTS value (
    application TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL, ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL, value NOT NULL, folded TEXT,
    PRIMARY KEY (application, type, id, key, ordinal)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS value_by_text ON value (application, type, key, folded);
  CREATE INDEX IF NOT EXISTS value_by_value ON value (application, type, key, value);
  CREATE TABLE IF NOT EXISTS intent (
    key INTEGER PRIMARY KEY AUTOINCREMENT, application TEXT NOT NULL, type TEXT NOT NULL, id TEXT,
    held TEXT NOT NULL, evidence TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS intent_by_application ON intent (application);`

/**
 * Values that the legacy system has no place for, in a file of the bridge's own. A write is announced as an intent before
 * the native write and settled after it; every commit is on the disk before it is answered, so that a process that is
 * killed in between leaves the intent for the next start.
 */
export function openSideStore(file: string, application: string): SideStore {
  const db = guarded(() => openFile(file))
  const statement = (text: string) => {
    const prepared = db.prepare(text)
    prepared.setReadBigInts(true)
    return prepared
  }
  const write = (work: () => void): void => {
    db.exec('BEGIN IMMEDIATE')
    try {
      work()
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
  const run = <T>(work: () => T): Promise<T> => patiently(work)
  const text = {
    read: statement(
      'SELECT id, key, ordinal, kind, value FROM value WHERE application = ? AND type = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id, key, ordinal',
    ),
    clear: statement('DELETE FROM value WHERE application = ? AND type = ? AND id = ? AND key = ?'),
    put: statement('INSERT INTO value VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    intend: statement('INSERT INTO intent (application, type, id, held, evidence) VALUES (?, ?, ?, ?, ?)'),
    intent: statement('SELECT key, type, id, held, evidence FROM intent WHERE application = ? AND key = ?'),
    open: statement('SELECT key, type, id, held, evidence FROM intent WHERE application = ? ORDER BY key'),
    drop: statement('DELETE FROM intent WHERE application = ? AND key = ?'),
    walk: statement(
      'SELECT id, kind, value FROM value WHERE application = ? AND type = ? AND key = ? AND id > ? ORDER BY id LIMIT ?',
    ),
    count: statement('SELECT count(DISTINCT id) AS records FROM value WHERE application = ? AND type = ? AND key = ?'),
    forget: statement('DELETE FROM value WHERE application = ? AND type = ? AND id = ?'),
  }
  const store = (type: string, id: ScimId, values: SideValues): void => {
    for (const [key, value] of Object.entries(values)) {
      text.clear.run(application, type, id, key)
      for (const [ordinal, one] of entriesOf(value)) {
        const kept = keep(one)
        const native: SQLInputValue = Number.isSafeInteger(kept.value) ? BigInt(kept.value as number) : kept.value
        text.put.run(application, type, id, key, BigInt(ordinal), kept.kind, native, kept.folded)
      }
    }
  }
  return {
    read: (type, ids) => run(() => grouped(text.read.all(application, type, JSON.stringify(ids)))),
    find: (type, leaf, limit) =>
      run(() => {
        if (leaf.kind !== 'slot' || leaf.slot.at.kind !== 'side')
          throw new BridgeError('internal', 'the side store can only find by its own values')
        const { text: condition, params } = conditionOf(leaf.test)
        const rows = statement(
          `SELECT DISTINCT id FROM value WHERE application = ? AND type = ? AND key = ? AND (${condition}) ORDER BY id LIMIT ?`,
        ).all(application, type, leaf.slot.key, ...params, BigInt(limit + 1))
        return rows.map((row) => scimId(String(row['id'])))
      }),
    intend: ({ type, id, values, evidence }) =>
      run(() =>
        Number(text.intend.run(application, type, id ?? null, pack(values), JSON.stringify(evidence)).lastInsertRowid),
      ),
    settle: (key, id) =>
      run(() => {
        write(() => {
          const row = text.intent.get(application, BigInt(key))
          if (row === undefined) throw new BridgeError('internal', 'this write has been settled or dropped already')
          const intent = intentOf(row)
          // an id that the database gives out a second time inherits nothing
          if (intent.id === undefined) text.forget.run(application, intent.type, id)
          store(intent.type, id, intent.values)
          text.drop.run(application, BigInt(key))
        })
      }),
    drop: (key) => run(() => void text.drop.run(application, BigInt(key))),
    open: () => run(() => text.open.all(application).map(intentOf)),
    walk: (type, key, after, limit) =>
      run(() =>
        text.walk
          .all(application, type, key, after ?? '', BigInt(limit))
          .map((row) => ({ id: scimId(String(row['id'])), value: unkeep(row['kind'], row['value']) })),
      ),
    count: (type, key) => run(() => Number(text.count.get(application, type, key)?.['records'])),
    forget: (type, id) => run(() => void text.forget.run(application, type, id)),
    close: () => run(() => (db.isOpen ? db.close() : undefined)),
  }
}

function openFile(file: string): DatabaseSync {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true })
    // personal data: nobody else's to read, and SQLite gives its other files the same mode
    closeSync(openSync(file, 'a', 0o600))
  }
  const db = new DatabaseSync(file, { timeout: patience, defensive: true, enableDoubleQuotedStringLiterals: false })
  // NORMAL would lose the last commits with the power, and with them the intents that explain a half-done write
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
  db.exec(schema)
  // from now on the wait for another process is in `patiently`, which does not stop this one
  db.exec('PRAGMA busy_timeout = 0')
  return db
}

/** How long the file may be locked by another process, and how often it is asked for, in milliseconds. */
const patience = 5_000
const interval = 10

/** Every piece of work is one statement or one transaction: what found the file locked has done nothing. */
async function patiently<T>(work: () => T): Promise<T> {
  for (const until = Date.now() + patience; ;) {
    try {
      return work()
    } catch (error) {
      if (!isLocked(error) || Date.now() >= until) throw unavailable(error)
    }
    await sleep(interval)
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED, https://www.sqlite.org/rescode.html */
const isLocked = (error: unknown): boolean => {
  const code = error instanceof Error ? (error as { readonly errcode?: unknown }).errcode : undefined
  return typeof code === 'number' && ((code & 0xff) === 5 || (code & 0xff) === 6)
}

type DataRow = Readonly<Record<string, unknown>>

/** Values by id. An id or key may be `__proto__`: nothing is assigned by name. */
function grouped(rows: readonly DataRow[]): ReadonlyMap<ScimId, SideValues> {
  const found = new Map<ScimId, Map<string, NativeValue>>()
  for (const row of rows) {
    const id = scimId(String(row['id']))
    const key = String(row['key'])
    const values = found.get(id) ?? new Map<string, NativeValue>()
    const value = unkeep(row['kind'], row['value'])
    const held = values.get(key)
    const list = Array.isArray(held) ? (held as readonly NativeScalar[]) : []
    values.set(key, Number(row['ordinal']) < 0 ? value : [...list, value])
    found.set(id, values)
  }
  return new Map([...found].map(([id, values]) => [id, Object.fromEntries(values)]))
}

const intentOf = (row: DataRow): Intent => ({
  key: Number(row['key']),
  type: String(row['type']),
  id: row['id'] === null ? undefined : scimId(String(row['id'])),
  values: unpack(String(row['held'])),
  evidence: JSON.parse(String(row['evidence'])) as Evidence,
})

function entriesOf(value: NativeValue): readonly (readonly [number, Exclude<NativeScalar, null>])[] {
  if (!Array.isArray(value)) return value === null ? [] : [[-1, value as Exclude<NativeScalar, null>]]
  return (value as readonly NativeScalar[]).filter((one) => one !== null).map((one, i) => [i, one] as const)
}

/** Whatever goes wrong with the file: it is not available. */
const unavailable = (error: unknown): BridgeError =>
  isBridgeError(error) ? error : new BridgeError('unavailable', 'the store of the bridge is not available', error)

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw unavailable(error)
  }
}
