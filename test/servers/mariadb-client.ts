import { createConnection } from 'mysql2/promise'
import type { Connection, ConnectionOptions } from 'mysql2/promise'
import type { SqlClient } from './client.ts'
import type { Account, SqlFacts } from './server.ts'

/** Plain SQL on MariaDB, in UTC; a script is sent as it is, so it must not say DELIMITER, a word of the client alone. */
export function mariadbClient({ host, port }: SqlFacts, account: Account, database?: string): SqlClient {
  let connection: Promise<Connection> | undefined
  const options: ConnectionOptions = { host, port, ...account, timezone: 'Z', dateStrings: true, charset: 'utf8mb4' }
  if (database !== undefined) options.database = database
  const forget = (): void => {
    connection = undefined
  }
  const connected = (): Promise<Connection> => (connection ??= open(options, forget))
  return {
    async sql(text, params = []) {
      const on = await connected()
      // the prepared form does not know every statement (CREATE TRIGGER, for one)
      const [rows] = await (params.length === 0 ? on.query(text) : on.execute(text, params as never[]))
      return Array.isArray(rows) ? (rows as never[]) : []
    },
    async script(text) {
      if (/^\s*DELIMITER\b/im.test(text)) throw new Error('a script for MariaDB must do without DELIMITER')
      const on = await open({ ...options, multipleStatements: true })
      try {
        await on.query(text)
      } finally {
        await on.end()
      }
    },
    async close() {
      const last = await connection
      connection = undefined
      await last?.end()
    },
  }
}

/** `lost` is told when the connection cannot be had, or is gone: the server of a test may come and go. */
async function open(options: ConnectionOptions, lost: () => void = () => undefined): Promise<Connection> {
  try {
    const connection = await createConnection(options)
    connection.on('error', lost)
    await connection.query("SET time_zone = '+00:00'")
    return connection
  } catch (error) {
    lost()
    throw error
  }
}
