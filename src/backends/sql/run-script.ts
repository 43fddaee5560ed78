import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Many statements as one text, the way an administrator's client sends a file; a word of such a client (DELIMITER, `\i`) is none of SQL. */
export async function runScript(url: string, text: string): Promise<void> {
  const at = new URL(url)
  const isPlain = loopback.has(at.hostname)
  if (at.protocol === 'mysql:') {
    const connection = await createConnection({
      uri: url,
      charset: 'utf8mb4',
      multipleStatements: true,
      ...(isPlain ? {} : { ssl: { rejectUnauthorized: true, verifyIdentity: true } }),
    })
    try {
      await connection.query(text)
    } finally {
      await connection.end()
    }
    return
  }
  const client = new Client({ connectionString: url, ...(isPlain ? {} : { ssl: true }) })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(text)
  } finally {
    await client.end()
  }
}
