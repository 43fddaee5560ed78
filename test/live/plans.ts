import type { SqlClient } from '../servers/client.ts'
import type { SqlServerKind } from '../servers/server.ts'
import type { Logged } from '../servers/watch-statements.ts'

/** Tables with very many rows, which nothing that is about one record may read through. */
const large = ['person', 'person_email', 'team_member']
const names = large.join('|')

/** How the server would read those tables from end to end for a statement, in its own words. */
export async function scansOf(
  kind: SqlServerKind,
  client: SqlClient,
  { text, params }: Pick<Logged, 'text' | 'params'>,
): Promise<readonly string[]> {
  const plan = await client.sql(`EXPLAIN ${text}`, params)
  switch (kind) {
    case 'mariadb':
      return plan
        .filter(({ table, type }) => isNamed(table, text) && (type === 'ALL' || type === 'index'))
        .map((step) => JSON.stringify(step))
    case 'postgres':
      return plan.map((line) => String(line['QUERY PLAN'])).filter((line) => scan.test(line))
    default:
      return kind satisfies never
  }
}

const scan = new RegExp(`Seq Scan on (?:${names})\\b`)

/** MariaDB tells the alias. */
const isNamed = (alias: unknown, text: string): boolean =>
  new RegExp(`\`(?:${names})\`(?: AS \`${String(alias)}\`)`).test(text) || large.includes(String(alias))
