import { sql } from 'kysely'
import type { Predicate } from '../../mapping/predicate.ts'
import type { Scope } from '../../mapping/scope.ts'
import type { Expression } from './expression.ts'
import { among, and, bind, column, or } from './expression.ts'

/** What makes a row of a table one that this client can see, as the columns themselves compare; nothing of it is NULL. */
export const within = (alias: string, { where }: Scope): readonly Expression[] =>
  where.map((one) => lower(column(alias, one.column), one.test))

function lower(value: Expression, test: Predicate): Expression {
  if (test.kind === 'and') return and(test.of.map((one) => lower(value, one)))
  if (test.kind === 'or') return or(test.of.map((one) => lower(value, one)))
  if (test.kind === 'not') return negated(value, test.of)
  if (test.kind === 'slot') {
    switch (test.test.op) {
      case 'absent':
        return sql`${value} IS NULL`
      case 'in':
        return among(value, test.test.values)
      case 'gt':
        return sql`${value} > ${bind(test.test.value)}`
      case 'lt':
        return sql`${value} < ${bind(test.test.value)}`
      default:
    }
  }
  throw new Error('no test of one column')
}

/** `not` of a value is true of NULL as well. */
function negated(value: Expression, test: Predicate): Expression {
  if (test.kind === 'slot' && test.test.op === 'absent') return sql`${value} IS NOT NULL`
  const [one] = test.kind === 'slot' && test.test.op === 'in' ? test.test.values : []
  if (one === undefined) throw new Error('no test of one column')
  return or([sql`${value} <> ${bind(one)}`, sql`${value} IS NULL`])
}
