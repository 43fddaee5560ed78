import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { Expression } from './expression.ts'
import { table, where } from './expression.ts'

/** Sets columns of the rows of a table, which the conditions know by its alias. */
export function update(
  { dialect }: Database,
  name: string,
  alias: string,
  set: Expression,
  conditions: readonly Expression[],
): Expression {
  const named = table(name, alias)
  const from = dialect.updateFrom?.(named) ?? sql``
  return sql`${dialect.update(named, alias)} SET ${set}${from}${where(conditions)}`
}
