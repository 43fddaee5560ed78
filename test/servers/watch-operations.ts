import { randomBytes } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { directoryClient } from './directory-client.ts'
import { urlsOf } from './server.ts'
import type { DirectoryFacts } from './server.ts'
import { slapdLog } from './slapd-log.ts'
import type { LoggedOperation } from './slapd-log.ts'

export interface OperationWatch {
  /** What the account asked since the last time, in the order of the server: of operations that were answered, all. */
  take(): Promise<readonly LoggedOperation[]>
}

/** How large the log is by now. */
export const endOfLog = async ({ logFile }: DirectoryFacts): Promise<number> => (await stat(logFile)).size

/**
 * What `account` asks from now on. The log is read from `from`, a place before its first connection, because a
 * connection that is open already was bound there.
 */
export async function watchOperations(facts: DirectoryFacts, account: string, from: number): Promise<OperationWatch> {
  const reader = slapdLog(account)
  let at = from
  const take = async (): Promise<readonly LoggedOperation[]> => {
    const part = await upToNow(facts, at)
    at += part.length
    return reader(part.toString())
  }
  await take()
  return { take }
}

/**
 * slapd writes an operation into its log before it does anything about it. A search of ours that was answered says that
 * everything before it is there.
 */
async function upToNow(facts: DirectoryFacts, from: number): Promise<Buffer> {
  const mark = randomBytes(8).toString('hex')
  const client = directoryClient(urlsOf(facts).url, facts.config)
  await client.search('', { scope: 'base', filter: `(cn=${mark})` }).finally(() => client.close())
  const file = await open(facts.logFile)
  try {
    const buffer = Buffer.alloc((await file.stat()).size - from)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
    const marked = buffer.indexOf(mark)
    if (marked < 0) throw new Error('the log of the server does not show what it was asked')
    return buffer.subarray(0, Math.min(buffer.indexOf('\n', marked) + 1, bytesRead))
  } finally {
    await file.close()
  }
}
