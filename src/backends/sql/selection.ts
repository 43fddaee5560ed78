import { sql } from 'kysely'
import { never } from '../../base/errors.ts'
import type { ScimId } from '../../base/brand.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar, NativeValue, Slot } from '../../mapping/slot.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Dialect, LockOfRows } from './dialect.ts'
import type { Expression, Param } from './expression.ts'
import { column, columns, equal, equalities, list, table, where } from './expression.ts'
import { idFrom } from './identity.ts'
import { decodeList } from './list-form.ts'
import type { Row } from './program.ts'

/** The wanted columns of a record's main row and companions, and how a result row reads. */
export interface Selection {
  readonly columns: readonly Expression[]
  readonly from: Expression
  /** More is read than the main row. */
  readonly reachesOut: boolean
  keyOf(row: Row): Row
  idOf(row: Row): ScimId
  /** The expression behind `sorted`, which is not among the columns for that. */
  readonly sorted: Expression | undefined
  fieldsOf(row: Row): Readonly<Record<string, NativeValue>>
  /** The row that explain assumes: nothing but its key. */
  withKey(key: Row): Row
}

export const mainAlias = 'm'

export function selectionOf(
  { dialect }: Database,
  mapping: ResourceMapping,
  slots: readonly Slot[],
  sorted?: Slot,
  lock?: LockOfRows,
): Selection {
  const chosen: Expression[] = []
  const places = new Map<string, number>()
  const choose = (name: string, expression: () => Expression): number => {
    const known = places.get(name)
    if (known !== undefined) return known
    places.set(name, chosen.length)
    return chosen.push(expression()) - 1
  }
  const main = (name: string): number => choose(`m ${name}`, () => column(mainAlias, name))
  const key = keyOfTable(mapping).map(main)
  const id = mapping.id.fields.map(main)
  const joined = new Map<string, string>()
  const home = (name: string | undefined): string => {
    if (name === undefined) return mainAlias
    const alias = joined.get(name) ?? `c${joined.size + 1}`
    joined.set(name, alias)
    return alias
  }
  const at = slots
    .filter((slot) => slot.at.kind !== 'side')
    .map((slot) => ({ slot, place: choosePlace(dialect, mapping, slot, home, choose, main) }))
  const sort: Expression[] = []
  if (sorted !== undefined) {
    const look = (expression: Expression): number => sort.push(expression) - 1
    choosePlace(
      dialect,
      mapping,
      sorted,
      home,
      (_, expression) => look(expression()),
      (name) => look(column(mainAlias, name)),
    )
  }
  const hint = (lock === undefined ? undefined : dialect.lockHint?.(lock)) ?? sql``
  const joins = [...joined].map(([name, alias]) => companionJoin(mapping, name, alias))
  return {
    columns: dialect.distinctNames === true ? renamed([...places.keys()], chosen) : chosen,
    from: sql.join([sql`${table(tableOf(mapping), mainAlias)}${hint}`, ...joins], sql` `),
    sorted: sort[0],
    reachesOut: joined.size > 0 || slots.some(({ at }) => at.kind === 'lookup' || at.kind === 'keyValue'),
    keyOf: (row) => key.map((i) => row[i] ?? null),
    idOf: (row) =>
      idFrom(
        mapping,
        id.map((i) => (row[i] ?? null) as NativeScalar),
      ),
    fieldsOf: (row) =>
      Object.fromEntries(
        at.map(({ slot, place }) => {
          const native = (row[place] ?? null) as NativeScalar
          return [slot.key, slot.at.kind === 'field' && slot.at.list ? decodeList(slot.at.list, native) : native]
        }),
      ),
    withKey: (values) => {
      const row: Param[] = chosen.map(() => null)
      key.forEach((place, i) => (row[place] = values[i] ?? null))
      return row
    },
  }
}

/** Columns of two tables may have one name; `places` are `table column`. */
function renamed(places: readonly string[], chosen: readonly Expression[]): readonly Expression[] {
  const names = places.map((place) => place.slice(place.indexOf(' ') + 1))
  return chosen.map((one, i) => (names.indexOf(names[i] ?? '') < i ? sql`${one} AS ${sql.id(`v${i}`)}` : one))
}

function choosePlace(
  dialect: Dialect,
  mapping: ResourceMapping,
  slot: Slot,
  home: (table: string | undefined) => string,
  choose: (name: string, expression: () => Expression) => number,
  main: (name: string) => number,
): number {
  const at = slot.at
  switch (at.kind) {
    case 'field':
      if (at.table === undefined) return main(at.field)
      return choose(`${at.table} ${at.field}`, () => column(home(at.table), at.field))
    case 'lookup':
      return choose(`slot ${slot.key}`, () => {
        const { lookup } = at
        const joined = equal([column('l', lookup.key)], [column(home(at.table), at.field)])
        return sql`(SELECT ${column('l', lookup.text)} FROM ${table(lookup.table, 'l')}${where(joined)})`
      })
    case 'keyValue':
      return choose(`slot ${slot.key}`, () => {
        const joined = equal(columns('v', at.foreignKey), columns(mainAlias, keyOfTable(mapping)))
        const from = sql`${table(at.table, 'v')}${where([...joined, ...equalities('v', at.keys)])}`
        return sql`(SELECT ${column('v', at.value)} FROM ${from}${dialect.limit(1, undefined, false)})`
      })
    case 'side':
    case 'container':
      throw new Error(`a ${at.kind} slot has no column`)
    default:
      return never(at)
  }
}

function companionJoin(mapping: ResourceMapping, name: string, alias: string): Expression {
  const companion = mapping.table?.with.find((one) => one.name === name)
  if (companion === undefined) throw new Error(`no companion table ${name}`)
  const on = equal(columns(alias, companion.key), columns(mainAlias, keyOfTable(mapping)))
  const join = companion.optional ? sql`LEFT JOIN` : sql`INNER JOIN`
  return sql`${join} ${table(name, alias)} ON ${sql.join(on, sql` AND `)}`
}

export const selectList = (selection: Selection): Expression =>
  sql`SELECT ${list(selection.columns)} FROM ${selection.from}`
