import { randomBytes } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { clientOf } from './client.ts'
import { bodiesOf } from './inner-statements.ts'
import { mariadbLog } from './mariadb-log.ts'
import { postgresLog } from './postgres-log.ts'
import type { SqlFacts } from './server.ts'

/** A statement that the server got. */
export interface Logged {
  /** As the client sent it, with its placeholders. */
  readonly text: string
  /** The values, as far as the log tells their types; undefined when the log does not hold them apart from the text. */
  readonly params: readonly unknown[] | undefined
  /** The server's own number of the connection. */
  readonly connection: number
}

export interface Watch {
  /** What the server got since the last time, in its order: of statements that were answered, all. */
  take(): Promise<readonly Logged[]>
}

/**
 * Reads the next part of a log, one character for each byte, and keeps in mind what later parts rest on; `inner` is
 * what triggers and functions do, which no client said.
 */
export type LogReader = (bytes: string, inner: readonly string[]) => readonly Logged[]

/** How large a log is by now. */
export const sizeOf = async ({ logFile }: SqlFacts): Promise<number> => (await stat(logFile)).size

/**
 * What `app` asks of a database, from now on. The log is read from `from`, a place before the first connection to the
 * database, because what a connection prepared earlier is needed to understand what it executes later.
 */
export async function watchStatements(facts: SqlFacts, database: string, from: number): Promise<Watch> {
  const reader = readerOf(facts, database)
  const inner = new Set<string>()
  let at = from
  const take = async (): Promise<readonly Logged[]> => {
    const part = await upToNow(facts, at)
    at += part.length
    for (const body of await bodiesOf(facts, database)) inner.add(body)
    return reader(part, [...inner])
  }
  await take()
  return { take }
}

function readerOf({ kind, app }: SqlFacts, database: string): LogReader {
  switch (kind) {
    case 'mariadb':
      return mariadbLog(app.user, database)
    case 'postgres':
      return postgresLog(app.user, database)
    default:
      return kind satisfies never
  }
}

/**
 * Both servers write their log in order, PostgreSQL through a process of its own and so a little later. A statement of
 * ours that shows up in the log says that everything before it is there, and whole.
 */
async function upToNow(facts: SqlFacts, from: number): Promise<string> {
  const mark = `mark ${randomBytes(8).toString('hex')}`
  const client = clientOf(facts, facts.admin)
  await client.sql(`SELECT '${mark}'`).finally(() => client.close())
  const file = await open(facts.logFile)
  try {
    let part = ''
    for (const latest = Date.now() + 10_000; Date.now() < latest;) {
      part += await restOf(file, from + part.length)
      const end = part.indexOf('\n', part.indexOf(mark))
      if (part.includes(mark) && end >= 0) return part.slice(0, end + 1)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error('the log of the server does not show what it was asked')
  } finally {
    await file.close()
  }
}

async function restOf(file: Awaited<ReturnType<typeof open>>, from: number): Promise<string> {
  const { size } = await file.stat()
  const buffer = Buffer.alloc(Math.max(0, size - from))
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
  return buffer.subarray(0, bytesRead).toString('latin1')
}
