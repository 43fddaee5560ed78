import { sql } from 'kysely'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import { protectedFrom } from '../../plan/protect.ts'
import type { Database } from './database.ts'
import { tableOf } from './database.ts'
import type { Expression } from './expression.ts'
import { or, table, where } from './expression.ts'
import { lowerPredicate } from './predicate.ts'
import type { Steps } from './program.ts'
import { read } from './statement.ts'

/** Refuses to take a record out of a group that is protected from that; `leaving` selects, under `t`, who would go. */
export function* refuseLeaving(
  database: Database,
  reference: Reference,
  target: ResourceMapping,
  leaving: readonly Expression[],
): Steps<void> {
  const rules = target.protect.filter(({ from }) => from.has('leave'))
  const [first] = rules
  if (first === undefined || reference.size === 'one') return
  const site = { kind: 'record', mapping: target, alias: 't' } as const
  const isProtected = or(rules.map(({ match }) => lowerPredicate(database, site, match)))
  const found = yield* read(
    database,
    sql`SELECT 1 FROM ${table(tableOf(target), 't')}${where([...leaving, isProtected])}${database.dialect.limit(1, undefined, false)}`,
    { note: `${reference.key}: protected` },
  )
  if (found.length > 0) throw protectedFrom('leave', reference.of.name, first.because)
}
