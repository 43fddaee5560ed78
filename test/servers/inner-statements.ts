import { clientOf } from './client.ts'
import type { SqlFacts } from './server.ts'

const bodies = `
  SELECT action_statement AS body FROM information_schema.triggers WHERE event_object_schema = ?
  UNION ALL
  SELECT routine_definition FROM information_schema.routines WHERE routine_schema = ? AND routine_type = 'FUNCTION'`

/** What the triggers and functions of a database do. PostgreSQL logs none of it; MariaDB does, as if the client had asked. */
export async function bodiesOf(facts: SqlFacts, database: string): Promise<readonly string[]> {
  switch (facts.kind) {
    case 'mariadb': {
      const client = clientOf(facts, facts.admin)
      const rows = await client.sql<{ body: string }>(bodies, [database, database]).finally(() => client.close())
      return rows.map(({ body }) => body)
    }
    case 'postgres':
      return []
    default:
      return facts.kind satisfies never
  }
}

/** In the place of a variable stands ` NAME_CONST('name',_utf8mb4'value' COLLATE '…')`. */
const variable = / ?NAME_CONST\('([^']+)',(?:_\w+)?(?:'(?:[^'\\]|\\.|'')*'|[^')]*)(?: COLLATE '\w+')?\)/gs

/** Whether a logged text is one of the statements in those bodies; of a SET with several assignments each is logged. */
export function isInner(text: string, all: readonly string[]): boolean {
  const said = text.replace(variable, '$1').trim()
  const assigned = said.startsWith('SET ') ? said.slice(4) : undefined
  return all.some(
    (body) =>
      isPart(body, said, ';') || (assigned !== undefined && /^SET\b/i.test(body) && isPart(body, assigned, '[;,]')),
  )
}

function isPart(body: string, said: string, end: string): boolean {
  const quoted = said.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return body.includes(said) && new RegExp(`(?:^|[\\s;:,])${quoted}\\s*(?:${end}|$)`).test(body)
}
