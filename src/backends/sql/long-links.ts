import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { Link } from '../../mapping/record.ts'
import { tooManyLinks } from '../../plan/too-many-links.ts'
import type { Column } from './column.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Ends } from './ends.ts'
import { endsOf, farAlias, nesting } from './ends.ts'
import type { Expression } from './expression.ts'
import { columns } from './expression.ts'
import { direct, shownOf } from './links.ts'
import type { Owners } from './parts.ts'
import { collect } from './parts.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import { read } from './statement.ts'
import { furtherKey } from './total-order.ts'

/** Links that are read at once. A list that is longer is read on while it is sent. */
export const linksAtOnce = 1000

/** Upwards through groups in groups there is no order to go on in; such a list is read whole. */
export const isLong = (database: Database, reference: Reference): boolean =>
  reference.size === 'large' && nesting(database, reference) === undefined

/** The links of one record: all of them, or a stream of all of them. */
export type Links = readonly Link[] | AsyncIterable<readonly Link[]>

export const isStream = (links: Links): links is AsyncIterable<readonly Link[]> => Symbol.asyncIterator in links

/** The links to one type of consecutive owners, as far as they were read: in the order of the owners, then of the ends. */
interface Read {
  readonly ends: Ends
  readonly links: readonly (readonly Link[])[]
  /** Where it was cut off: of this owner something is missing, of those behind it everything. */
  readonly cut: { readonly ordinal: number; readonly after: Row } | undefined
}

interface Wanted {
  readonly note: string
  readonly limit: number
  /** Only what is behind this end. */
  readonly after?: Row
}

function* readSome(database: Database, ends: Ends, owners: Owners, { note, limit, after }: Wanted): Steps<Read> {
  const shown = shownOf(ends)
  const on = after === undefined ? [] : behind(database, ends, after)
  const span = { order: ends.end, on, limit }
  const rows = yield* read(
    database,
    direct(database, ends, [...columns(farAlias, shown.fields), ...ends.end], owners, span),
    { note },
  )
  const last = rows.at(-1)
  const links = collect(
    owners.keys.length,
    rows.map((row) => [Number(row[0]), shown.linkOf(row.slice(1))] as const),
  )
  const isCut = rows.length >= limit && last !== undefined
  return { ends, links, cut: isCut ? { ordinal: Number(last[0]), after: last.slice(-ends.end.length) } : undefined }
}

/**
 * What is behind this end. PostgreSQL does not see that the joined key is behind it as well, and would read the far
 * table from its beginning: the later a part of the list, the more.
 */
function behind(database: Database, { end, joined, target }: Ends, after: Row): readonly Expression[] {
  const key = keyOfTable(target)
  const isAlike = joined?.names.every((name, i) =>
    isOrderedAlike(database.columnOf(joined.table, name), database.columnOf(tableOf(target), key[i] ?? '')),
  )
  const later = furtherKey(database, end, after, false)
  return isAlike === true ? [later, furtherKey(database, columns(farAlias, key), after, false)] : [later]
}

/** Columns that a join takes for equal may still have different orders: text and numbers, or two collations. */
const isOrderedAlike = (a: Column | undefined, b: Column | undefined): boolean =>
  a?.base !== undefined && a.base === b?.base && a.collation === b.collation

/** All links of every owner, for whoever needs them at once; more than so many are refused. */
export function* readBounded(
  database: Database,
  owner: ResourceMapping,
  reference: Reference,
  owners: Owners,
  most: number,
): Steps<readonly (readonly Link[])[]> {
  const all: (readonly (readonly Link[])[])[] = []
  let left = most
  for (const ends of endsOf(database, owner, reference)) {
    const { links } = yield* readSome(database, ends, owners, { note: reference.key, limit: left + 1 })
    left -= links.reduce((sum, of) => sum + of.length, 0)
    if (left < 0) throw tooManyLinks(most)
    all.push(links)
  }
  return owners.keys.map((_, i) => all.flatMap((links) => links[i] ?? []))
}

/** The links of every owner; from the first one whose links are not all read, as streams. */
export function* readLong(
  database: Database,
  owner: ResourceMapping,
  reference: Reference,
  owners: Owners,
  { later }: Circumstances,
): Steps<readonly Links[]> {
  const types = endsOf(database, owner, reference)
  function* readFrom(from: number, count: number, single: boolean): Steps<Known> {
    const some: Owners = { ...owners, keys: owners.keys.slice(from, from + count), single }
    const note = `${reference.key}; beyond ${linksAtOnce} while they are sent`
    const read: Read[] = []
    for (const ends of types) read.push(yield* readSome(database, ends, some, { note, limit: linksAtOnce }))
    const whole = Math.min(count, ...read.map(({ cut }) => cut?.ordinal ?? count))
    return { from, count, whole, read }
  }
  let known = yield* readFrom(0, owners.keys.length, owners.single)

  /** The rest of what one owner has of one type. */
  async function* rest(i: number, ends: Ends, start: Row): AsyncIterable<readonly Link[]> {
    const one: Owners = { ...owners, keys: owners.keys.slice(i, i + 1), single: true }
    for (let after: Row | undefined = start; after !== undefined;) {
      const span: Wanted = { note: reference.key, limit: linksAtOnce, after }
      const { links, cut }: Read = await later(() => readSome(database, ends, one, span))
      yield links[0] ?? []
      after = cut?.after
    }
  }

  async function* stream(i: number): AsyncIterable<readonly Link[]> {
    if (i < known.from || i > known.from + known.whole || i >= known.from + known.count) {
      // as many again as were read whole: many short lists in few statements, long ones without reading them twice
      const count = Math.min(Math.max(1, 2 * known.whole), owners.keys.length - i)
      known = await later(() => readFrom(i, count, count === 1))
    }
    // others may read on meanwhile
    const { from, read } = known
    for (const { ends, links, cut } of read) {
      const at = i - from
      yield links[at] ?? []
      if (at === cut?.ordinal) yield* rest(i, ends, cut.after)
    }
  }

  const first = known
  return owners.keys.map((_, i) =>
    i < first.whole
      ? first.read.flatMap(({ links }) => links[i] ?? [])
      : { [Symbol.asyncIterator]: () => stream(i)[Symbol.asyncIterator]() },
  )
}

interface Known {
  readonly from: number
  readonly count: number
  /** Of so many owners everything is here. */
  readonly whole: number
  readonly read: readonly Read[]
}
