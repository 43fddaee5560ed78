import type { Entry, Result, Search } from '../operation.ts'
import { BrokenExchange } from './broken.ts'
import type { Connection } from './connection.ts'
import type { WalkOptions } from './pool.ts'

/**
 * A search page by page to its end (RFC 2696); a page may be empty and yet not be the last one. The last result is
 * answered, its entries handed over like all others.
 */
export async function walkOver(
  connection: Connection,
  search: Search,
  take: (entries: readonly Entry[]) => void,
  { signal, pageSize }: WalkOptions,
): Promise<Result> {
  const references: string[] = []
  let isFinished = false
  try {
    for (let cookie: Uint8Array | undefined; ;) {
      const result = await connection
        .execute({ ...search, page: { size: pageSize, cookie } }, signal)
        .catch((error: unknown) => Promise.reject(cookie === undefined ? error : halfWay(error)))
      references.push(...result.references)
      if (result.entries.length > 0) take(result.entries)
      cookie = result.code === 0 ? result.cookie : undefined
      if (cookie === undefined) {
        isFinished = true
        return { ...result, entries: [], references }
      }
    }
  } finally {
    // the server would keep the rest of it ready for as long as the connection lives
    if (!isFinished) connection.retire()
  }
}

/** Of the walk as a whole something was sent, even when nothing was of this page. */
const halfWay = (error: unknown): unknown =>
  error instanceof BrokenExchange && error.fate === 'notSent' ? new BrokenExchange('noAnswer', error) : error
