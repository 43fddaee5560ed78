import { mariadbClient } from './mariadb-client.ts'
import { postgresClient } from './postgres-client.ts'
import type { Account, SqlFacts } from './server.ts'

export type Row = Readonly<Record<string, unknown>>

/** Plain SQL beside the bridge, on one connection that is opened when it is first needed. */
export interface SqlClient {
  /** One statement, with placeholders of the server's kind; the rows, dates as text in UTC. */
  sql<R = Row>(text: string, params?: readonly unknown[]): Promise<readonly R[]>
  /** Many statements at once, on a connection of their own. */
  script(text: string): Promise<void>
  close(): Promise<void>
}

export function clientOf(facts: SqlFacts, account: Account, database?: string): SqlClient {
  switch (facts.kind) {
    case 'mariadb':
      return mariadbClient(facts, account, database)
    case 'postgres':
      return postgresClient(facts, account, database)
    default:
      return facts.kind satisfies never
  }
}
