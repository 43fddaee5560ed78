import { sql } from 'kysely'
import type { NativeRecord, PageKey } from '../../mapping/record.ts'
import type { GetPlan, ListPlan, Order, Page, Want } from '../../plan/plan.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Outcome } from '../../plan/port.ts'
import type { Operand } from './column.ts'
import { operand, typeOf } from './column.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Expression } from './expression.ts'
import { columns, list, table, where } from './expression.ts'
import { hasId, keyOfId } from './identity.ts'
import { rowSlots } from './leaves.ts'
import { readLinks } from './links.ts'
import type { Links } from './long-links.ts'
import { isLong, isStream, readBounded, readLong } from './long-links.ts'
import type { Owners } from './parts.ts'
import { readRows } from './parts.ts'
import { lowerPredicate, scopeOf, whereOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import type { Selection } from './selection.ts'
import { mainAlias, selectList, selectionOf } from './selection.ts'
import { columnOfSlot } from './slot-column.ts'
import { read, transaction } from './statement.ts'
import type { Place } from './total-order.ts'
import { furtherKey, inOrder, scalars, totalOrder } from './total-order.ts'

/** Records a bridge-cut read takes at a time. */
export const chunkSize = 200

const hasParts = (want: Want): boolean => want.rows.length + want.links.length > 0

/** Child rows and links of the records of a page, put to their records: as many statements as there are sources. */
export function* withParts(
  database: Database,
  mapping: ResourceMapping,
  want: Want,
  selection: Selection,
  found: readonly Row[],
  single: boolean,
  circumstances: Circumstances,
): Steps<readonly NativeRecord[]> {
  const owners: Owners = { of: mapping, keys: found.map((row) => selection.keyOf(row)), single }
  const rows = new Map<string, ReturnOf<typeof readRows>>()
  const links = new Map<string, readonly Links[]>()
  if (found.length > 0) {
    for (const source of want.rows)
      rows.set(source.key, yield* readRows(database, source, rowSlots(mapping, source), owners))
    for (const reference of want.links) {
      if (!isLong(database, reference)) {
        links.set(reference.key, yield* readLinks(database, mapping, reference, owners))
      } else if (want.whole !== undefined) {
        links.set(reference.key, yield* readBounded(database, mapping, reference, owners, want.whole))
      } else links.set(reference.key, yield* readLong(database, mapping, reference, owners, circumstances))
    }
  }
  return found.map((row, i) => {
    const mine = [...links].map(([key, all]) => [key, all[i] ?? []] as const)
    const streams = mine.flatMap(([key, of]) => (isStream(of) ? [[key, of] as const] : []))
    return {
      id: selection.idOf(row),
      fields: selection.fieldsOf(row),
      rows: Object.fromEntries([...rows].map(([key, all]) => [key, all[i] ?? []])),
      links: Object.fromEntries(mine.flatMap(([key, of]) => (isStream(of) ? [] : [[key, of] as const]))),
      ...(streams.length === 0 ? {} : { streams: Object.fromEntries(streams) }),
    }
  })
}

type ReturnOf<F extends (...args: never[]) => Generator> = ReturnType<F> extends Generator<unknown, infer R> ? R : never

export interface Found {
  readonly key: Row
  readonly record: NativeRecord
}

/** One record by its id, inside the scope; undefined when there is none. */
export function* readOne(
  database: Database,
  plan: { readonly of: ResourceMapping; readonly id: GetPlan['id']; readonly want: Want },
  circumstances: Circumstances,
  note: string,
  lock?: 'change' | 'remove',
): Steps<Found | undefined> {
  const { of: mapping, id, want } = plan
  const selection = selectionOf(database, mapping, want.slots, undefined, lock)
  const named = hasId(database, mapping, mainAlias, [id])
  const conditions = [named, ...scopeOf(database, mapping, mainAlias)]
  const held = lock === undefined ? sql`` : database.dialect.lockRows(mainAlias, lock)
  const isLate = lock !== undefined && database.dialect.locksLate === true && selection.reachesOut
  const key = keyOfId(database, mapping, id)
  if (isLate) {
    const own = list(columns(mainAlias, keyOfTable(mapping)))
    const locked = sql`SELECT ${own} FROM ${table(tableOf(mapping), mainAlias)}${where([named, ...whereOf(mapping, mainAlias)])}${held}`
    yield* read(database, locked, { note: 'lock', rows: [key] })
  }
  const rows = yield* read(database, sql`${selectList(selection)}${where(conditions)}${isLate ? sql`` : held}`, {
    note,
    rows: [selection.withKey(key)],
  })
  // a column may take '05' for 5, or 'A' for 'a': only the very id that was asked for counts
  const row = circumstances.assumed === undefined ? rows.find((one) => selection.idOf(one) === id) : rows[0]
  if (row === undefined) return undefined
  const [record] = yield* withParts(database, mapping, want, selection, [row], true, circumstances)
  if (record === undefined) return undefined
  const known = circumstances.assumed
  return { key: selection.keyOf(row), record: known === undefined ? record : (known.prior ?? { ...record, id }) }
}

export function* get(database: Database, plan: GetPlan, circumstances: Circumstances): Steps<Outcome> {
  const one = readOne(database, plan, circumstances, 'record')
  const found = hasParts(plan.want) ? yield* transaction(database, 'read', one) : yield* one
  return { kind: 'record', record: found?.record }
}

/** A page cut by the database. */
export function* page(database: Database, plan: ListPlan, cut: CutHere, circumstances: Circumstances): Steps<Outcome> {
  const { of: mapping, want } = plan
  const { limit, offset, before, counting } = cut.page
  const selection = selectionOf(database, mapping, want.slots, cut.order?.slot)
  const conditions = selected(database, plan)
  const order = totalOrder(database, mapping, cut.order, sortValue(database, cut.order, selection.sorted))
  const place = placeIn(cut.page, mapping, circumstances)
  const backwards = before !== undefined
  const beyond = place === undefined ? conditions : [...conditions, order.beyond(place, backwards)]
  const total = yield* counted(
    database,
    counting === 'rest'
      ? { from: selection.from, where: beyond }
      : { from: bareOf(database, mapping), where: conditions },
    counting,
  )
  if (limit === 0) return { kind: 'records', records: streamOf([]), total, more: false }
  const isCounted = place === undefined && !backwards
  const rest = total === undefined ? undefined : counting === 'rest' ? total : isCounted ? total - offset : undefined
  // where nobody counted what is left, one record more tells that there are more
  const most = database.dialect.limit(rest === undefined ? limit + 1 : limit, isCounted ? offset : undefined, true)
  const key = keyOfTable(mapping).map(() => ({ unknown: 'key of a record' }))
  const all = yield* read(
    database,
    sql`SELECT ${list([...selection.columns, ...order.selected])} FROM ${selection.from}${where(beyond)} ORDER BY ${order.by(backwards)}${most}`,
    {
      rows: [selection.withKey(key)],
      note:
        isCounted && offset > 0 ? 'page; behind one that was read before, by its last key instead of OFFSET' : 'page',
    },
  )
  const found = backwards ? all.slice(0, limit).reverse() : all.slice(0, limit)
  const records = yield* withParts(database, mapping, want, selection, found, false, circumstances)
  const placed = found.map((row) => order.placeOf(selection.keyOf(row), row))
  const more = rest === undefined ? all.length > limit : all.length < rest
  return { kind: 'records', records: streamOf(records.map((record, i) => withPlace(record, placed[i]))), total, more }
}

const withPlace = (record: NativeRecord, at: PageKey | undefined): NativeRecord =>
  at === undefined ? record : { ...record, at }

const bareOf = (database: Database, mapping: ResourceMapping): Expression => selectionOf(database, mapping, []).from

function* counted(
  database: Database,
  of: { readonly from: Expression; readonly where: readonly Expression[] },
  counting: Page['counting'],
): Steps<number | undefined> {
  if (counting === 'nothing') return undefined
  const rows = yield* read(database, sql`SELECT count(*) FROM ${of.from}${where(of.where)}`, {
    note: counting === 'rest' ? 'total; of what is left' : 'total',
    rows: [[1]],
  })
  return Number(rows[0]?.[0] ?? 0)
}

/** Where a page begins, or where it ends when it is read backwards. The values of a place are known to nobody but the run. */
function placeIn({ after, before }: Page, mapping: ResourceMapping, { assumed }: Circumstances): Place | undefined {
  const place = before ?? after
  if (place === undefined || place === 'end') return undefined
  if (assumed === undefined) return place
  const which = before === undefined ? 'last' : 'first'
  const sort = place.sort === null ? null : { unknown: `the ${which} sort value` }
  return { sort, key: keyOfTable(mapping).map((name) => ({ unknown: `the ${which} ${name}` })) }
}

/** The value that is sorted by, in the form in which it is compared. */
function sortValue(database: Database, order: Order | undefined, at: Expression | undefined): Expression | undefined {
  if (order === undefined || at === undefined) return undefined
  const sorted = operand(at, columnOfSlot(database, order.slot))
  return isText(sorted) ? database.dialect.form(sorted, order.fold) : at
}

/** Numbers and times have an order of their own. */
const isText = ({ column }: Operand): boolean => ['text', 'enum', 'unknown'].includes(typeOf(column))

interface CutHere {
  readonly page: Page
  readonly order: Order | undefined
}

const selected = (database: Database, plan: ListPlan): readonly Expression[] => {
  const site = { kind: 'record', mapping: plan.of, alias: mainAlias } as const
  const scope = scopeOf(database, plan.of, mainAlias)
  return plan.where.kind === 'true' ? scope : [...scope, lowerPredicate(database, site, plan.where)]
}

/** The next records in key order, from the place where the page begins and in its direction. */
export function* chunk(
  database: Database,
  plan: ListPlan,
  after: Row | undefined,
  circumstances: Circumstances,
): Steps<{ readonly records: readonly NativeRecord[]; readonly last: Row | undefined }> {
  const { of: mapping, want, cut } = plan
  const isSorted = cut.by === 'bridge' && cut.sort !== undefined
  const from = after ?? (isSorted ? undefined : placeIn(cut.page, mapping, circumstances)?.key)
  const backwards = !isSorted && cut.page.before !== undefined
  const selection = selectionOf(database, mapping, want.slots)
  const key = columns(mainAlias, keyOfTable(mapping))
  const beyond = from === undefined ? [] : [furtherKey(database, key, from, backwards)]
  const found = yield* read(
    database,
    sql`${selectList(selection)}${where([...selected(database, plan), ...beyond])} ORDER BY ${list(inOrder(key, backwards))}${database.dialect.limit(chunkSize, undefined, true)}`,
    {
      note: after === undefined ? `the first ${chunkSize} records` : `${chunkSize} more, while there are any`,
      rows: [selection.withKey(keyOfTable(mapping).map(() => ({ unknown: 'key of a record' })))],
    },
  )
  const records = yield* withParts(database, mapping, want, selection, found, false, circumstances)
  const keys = found.map((row) => selection.keyOf(row))
  const placed = records.map((record, i) => ({ ...record, at: { sort: null, key: scalars(keys[i] ?? []) } }))
  return { records: placed, last: found.length < chunkSize ? undefined : keys.at(-1) }
}

async function* streamOf(records: readonly NativeRecord[]): AsyncIterable<NativeRecord> {
  yield* records
}
