import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** The SQL that is run while `work` is done, on every connection of this process. */
export async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const seen: string[] = []
  const take = (message: unknown): void => {
    seen.push((message as { readonly sql: string }).sql)
  }
  subscribe('sqlite.db.query', take)
  try {
    await work()
  } finally {
    unsubscribe('sqlite.db.query', take)
  }
  return seen
}
