import { sql } from 'kysely'
import mysql2 from 'mysql2'
import type { FieldPacket, QueryError, ResultSetHeader } from 'mysql2'
import { mysql } from '../dialects/mysql.ts'
import type { Statement } from '../dialect.ts'
import type { Result, Row } from '../program.ts'
import type { ServerConfig } from '../server-config.ts'
import type { Link } from '../server-pool.ts'
import type { Connected } from './mysql-connect.ts'
import { connectMysql, refused } from './mysql-connect.ts'

/** How long a good-bye may take, in milliseconds. */
const leaving = 1_000

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1_000)

/**
 * Everything that a session depends on, in one statement; what only one of the two servers knows stands in a comment that
 * only this one reads (MariaDB passes over those for versions 50700 to 99999).
 */
function setUp({ limits, lock, readOnly }: ServerConfig): string {
  const count = (value: number) => sql.lit(value)
  const isolation = sql.lit('REPEATABLE-READ')
  return mysql.compile(
    sql`SET character_set_client = 'utf8mb4', character_set_results = 'utf8mb4', collation_connection = 'utf8mb4_unicode_520_ci', time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', autocommit = 1, sql_safe_updates = 0, sql_auto_is_null = 0, innodb_lock_wait_timeout = ${count(seconds(lock))}, lock_wait_timeout = ${count(seconds(lock))}, wait_timeout = ${count(seconds(limits.idle) + 60)} /*M! , tx_isolation = ${isolation}, tx_read_only = ${count(Number(readOnly))}, max_statement_time = ${count(limits.statement / 1_000)}, idle_transaction_timeout = ${count(seconds(limits.statement) + 15)} */ /*!80000 , transaction_isolation = ${isolation}, transaction_read_only = ${count(Number(readOnly))}, max_execution_time = ${count(limits.statement)} */`,
  ).text
}

/** The statements that no server lets be prepared, or not every one. */
const unprepared = new Set([mysql.beforeWrite, mysql.begin.read, mysql.begin.write, mysql.commit, mysql.rollback])

/** One connection to MySQL or MariaDB. */
export async function mysqlLink(config: ServerConfig): Promise<Link> {
  const over = AbortSignal.timeout(config.connect)
  const connected = await connectMysql(config)
  const { connection, isBroken, destroy } = connected
  over.addEventListener('abort', destroy)
  try {
    await ask(connected, setUp(config), undefined)
  } catch (error) {
    destroy()
    throw refused(error)
  } finally {
    over.removeEventListener('abort', destroy)
  }
  return {
    execute: ({ text, params }) => ask(connected, text, unprepared.has(text) ? undefined : params),
    isUsable: () => !isBroken(),
    cancel: () => kill(config, connection.threadId),
    close: () =>
      new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer)
          destroy()
          resolve()
        }
        const timer = setTimeout(end, leaving)
        connection.end(end)
      }),
    destroy,
  }
}

/** Ends the other connection: what it does is undone, and its locks are free. */
async function kill(config: ServerConfig, thread: number): Promise<void> {
  try {
    const connected = await connectMysql(config)
    const timer = setTimeout(connected.destroy, config.connect)
    try {
      await ask(connected, 'KILL ?', [thread])
    } finally {
      clearTimeout(timer)
      connected.destroy()
    }
  } catch {
    // it is gone already, or the server cannot be reached: its own limits end the statement
  }
}

/** With parameters a statement is prepared; without, it goes as it is. */
function ask({ connection }: Connected, text: string, params: Statement['params'] | undefined): Promise<Result> {
  return new Promise((resolve, reject) => {
    const done = (error: QueryError | null, answer: unknown, fields: FieldPacket[]): void => {
      if (error !== null) return reject(error)
      try {
        resolve(resultOf(answer, fields))
      } catch (wrong) {
        reject(wrong)
      }
    }
    if (params === undefined) connection.query(text, done)
    else connection.execute(text, params.map(toNative), done)
  })
}

const { LONGLONG } = mysql2.TypedParameter
// a getter that asks node for the module each time: not for every value of every row
const { Types } = mysql2
type Native = string | number | Buffer | null | ReturnType<typeof LONGLONG>

/** A JavaScript number would travel as DOUBLE, which no LIMIT takes and which compares with text and big keys badly. */
function toNative(value: unknown): Native {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'boolean') return LONGLONG(value ? 1 : 0)
  if (typeof value === 'number') return Number.isSafeInteger(value) ? LONGLONG(value) : value
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) === value) return LONGLONG(value)
    return BigInt.asUintN(64, value) === value ? LONGLONG.unsigned(value) : String(value)
  }
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  throw new TypeError('a value without a native form')
}

function resultOf(answer: unknown, fields: readonly FieldPacket[] | undefined): Result {
  if (!Array.isArray(answer)) {
    const { affectedRows, insertId } = answer as ResultSetHeader
    return Number(insertId) === 0
      ? { rows: [], changes: affectedRows }
      : { rows: [], changes: affectedRows, insertId: whole(BigInt(insertId)) }
  }
  const rows = (answer as readonly (readonly unknown[])[]).map((row) =>
    row.map((one, i) => fromNative(one, fields?.[i])),
  )
  return { rows, changes: rows.length }
}

const whole = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** Their fraction is told as the codecs write it, without the zeros that fill a column of fractions. */
const moments: ReadonlySet<number | undefined> = new Set([Types.DATETIME, Types.TIMESTAMP])
const filling = /\.?0+$/

function fromNative(value: unknown, field: FieldPacket | undefined): Row[number] {
  const type = field?.columnType
  if (value === null || typeof value === 'number') return value
  if (typeof value === 'string') {
    if (type === Types.LONGLONG) return whole(BigInt(value))
    return moments.has(type) && value.includes('.') ? value.replace(filling, '') : value
  }
  if (value instanceof Uint8Array)
    return type === Types.BIT ? whole(BigInt(`0x${Buffer.from(value).toString('hex')}`)) : Uint8Array.from(value)
  throw new TypeError('the database holds a value of a type that the bridge does not know')
}
