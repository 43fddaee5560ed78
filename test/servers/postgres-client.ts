import { Client } from 'pg'
import type { SqlClient } from './client.ts'
import type { Account, SqlFacts } from './server.ts'

/** Plain SQL on PostgreSQL, in UTC, every value as the text that PostgreSQL writes, but for numbers and booleans. */
export function postgresClient({ host, port }: SqlFacts, account: Account, database = 'postgres'): SqlClient {
  let client: Promise<Client> | undefined
  const open = async (): Promise<Client> => {
    const one = new Client({ host, port, ...account, database, options: '-c TimeZone=UTC', types: { getTypeParser } })
    // the server of a test may come and go
    const lost = (): void => {
      client = undefined
    }
    one.on('error', lost)
    await one.connect().catch((error: unknown) => {
      lost()
      throw error
    })
    return one
  }
  return {
    async sql(text, params = []) {
      const { rows } = await (await (client ??= open())).query<never>(text, params as unknown[])
      return rows
    },
    async script(text) {
      const one = await open()
      await one.query(text).finally(() => one.end())
    },
    async close() {
      const last = await client
      client = undefined
      await last?.end()
    },
  }
}

/** By the oid of the type: bool; int8, int2, int4, float4, float8 (pg_type.dat). */
const numbers: readonly number[] = [20, 21, 23, 700, 701]

const getTypeParser = (oid: number): ((value: string) => unknown) =>
  oid === 16 ? (value) => value === 't' : numbers.includes(oid) ? Number : (value) => value
