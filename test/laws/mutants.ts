import { never } from '../../src/base/errors.ts'
import { holds, satisfies } from '../../src/mapping/holds.ts'
import type { Subject as RecordSubject } from '../../src/mapping/holds.ts'
import type { Predicate, SlotTest } from '../../src/mapping/predicate.ts'
import type { NativeRecord, NativeRow } from '../../src/mapping/record.ts'
import type { NativeScalar, NativeValue } from '../../src/mapping/slot.ts'
import { fold } from '../../src/scim/compare.ts'
import type { Subject, World } from './world.ts'

/** A store over a snapshot of records whose predicates go through a rewrite first: the house with one stone wrong. */
export const snapshot = (world: World, bend: Bend): Subject => ({
  say: () => 'exact',
  select: async (where) =>
    world.records.filter((record) => holds(bend(where, subjectOf(record)), subjectOf(record))).map((r) => r.id),
})

/** A rewrite that may look at the record: a wrong test becomes its wrong answer. */
export type Bend = (predicate: Predicate, on: RecordSubject) => Predicate
type Slotted = Extract<Predicate, { kind: 'slot' }>
type LeafBend = (leaf: Slotted, on: RecordSubject) => Predicate

const subjectOf = (record: NativeRecord): RecordSubject => ({
  id: record.id,
  values: (slot) => valuesOf(record.fields[slot.key]),
  rows: (source) => (record.rows[source.key] ?? []).map(rowOf),
  linked: (reference, to) => (record.links[reference.key] ?? []).some((l) => to === 'any' || to.includes(l.id)),
})

const rowOf = (row: NativeRow): RecordSubject => ({
  id: undefined,
  values: (slot) => valuesOf(row.fields[slot.key]),
  rows: () => [],
  linked: () => false,
})

const valuesOf = (value: NativeValue | undefined): readonly NativeScalar[] =>
  (Array.isArray(value) ? (value as readonly NativeScalar[]) : [(value ?? null) as NativeScalar]).filter(
    (v) => v !== null,
  )

/** Every slot test is put to `bend`; the record decides, so a row test is decided row by row. */
const leaves =
  (bend: LeafBend, inRows = true): Bend =>
  (predicate, on) => {
    const visit = (p: Predicate, subject: RecordSubject): Predicate => {
      switch (p.kind) {
        case 'true':
        case 'false':
        case 'link':
        case 'id':
          return p
        case 'and':
        case 'or':
          return { kind: p.kind, of: p.of.map((q) => visit(q, subject)) }
        case 'not':
          return { kind: 'not', of: visit(p.of, subject) }
        case 'slot':
          return bend(p, subject)
        case 'row':
          if (!inRows) return p
          return truth(subject.rows(p.rows).some((row) => holds(visit(p.where, row), row)))
        default:
          return never(p)
      }
    }
    return visit(predicate, on)
  }

const truth = (is: boolean): Predicate => ({ kind: is ? 'true' : 'false' })

/** The right semantics: the snapshot itself is no mutant. */
export const faithful: Bend = (predicate) => predicate

/** `NOT (p)` as SQL has it: unknown where a column is NULL, and unknown is not true. */
const naiveNot: Bend = (predicate, on) => {
  type Three = boolean | undefined
  const visit = (p: Predicate): Three => {
    switch (p.kind) {
      case 'and': {
        const of = p.of.map(visit)
        return of.includes(false) ? false : of.includes(undefined) ? undefined : true
      }
      case 'or': {
        const of = p.of.map(visit)
        return of.includes(true) ? true : of.includes(undefined) ? undefined : false
      }
      case 'not': {
        const of = visit(p.of)
        return of === undefined ? undefined : !of
      }
      case 'slot':
        return p.test.op !== 'absent' && on.values(p.slot).length === 0 ? undefined : holds(p, on)
      case 'true':
      case 'false':
      case 'row':
      case 'link':
      case 'id':
        return holds(p, on)
      default:
        return never(p)
    }
  }
  return truth(visit(predicate) === true)
}

/** `not (a = v)` as `a <> v`: false where the column is NULL. */
const bareUnequal: Bend = (predicate, on) => {
  const visit = (p: Predicate): Predicate =>
    p.kind === 'and' || p.kind === 'or'
      ? { kind: p.kind, of: p.of.map(visit) }
      : p.kind === 'not'
        ? p.of.kind === 'slot' && p.of.test.op === 'eq'
          ? truth(on.values(p.of.slot).length > 0 && !holds(p.of, on))
          : { kind: 'not', of: visit(p.of) }
        : p
  return visit(predicate)
}

const textTest = (test: SlotTest): (SlotTest & { readonly value: string }) | undefined =>
  'value' in test && typeof test.value === 'string' ? { ...test, value: test.value } : undefined

/** `LIKE '%' || v || '%'` with the wildcards of v left as they are. */
const unescapedLike = leaves((leaf, on) => {
  const test = textTest(leaf.test)
  if (test === undefined || (test.op !== 'co' && test.op !== 'sw' && test.op !== 'ew')) return leaf
  const body = [...test.value]
    .map((c) => (c === '%' ? '[^]*' : c === '_' ? '[^]' : c.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    .join('')
  const pattern = new RegExp(`^${test.op === 'sw' ? '' : '[^]*'}${body}${test.op === 'ew' ? '' : '[^]*'}$`, 'u')
  return truth(
    on.values(leaf.slot).some((v) => pattern.test('fold' in test && test.fold ? fold(String(v)) : String(v))),
  )
})

/** The value is folded, the column is not. */
const noFold = leaves((leaf) => ('fold' in leaf.test ? { ...leaf, test: { ...leaf.test, fold: false } } : leaf))

/** ASCII letters only, as SQLite's own lower() does. */
const asciiFold = leaves((leaf, on) => {
  const { test } = leaf
  if (!('fold' in test) || !test.fold) return leaf
  const lowered = on
    .values(leaf.slot)
    .map((v) => (typeof v === 'string' ? v.replace(/[A-Z]/g, (c) => c.toLowerCase()) : v))
  return truth(satisfies(lowered, { ...test, fold: false }))
})

const collate = (value: NativeScalar): NativeScalar =>
  typeof value === 'string' ? fold(value).normalize('NFD').replace(/\p{M}/gu, '').replace(/ +$/, '') : value

const byCollation: LeafBend = (leaf, on) => {
  const test = textTest(leaf.test)
  if (test === undefined || test.op !== 'eq') return leaf
  return truth(satisfies(on.values(leaf.slot).map(collate), { op: 'eq', value: collate(test.value), fold: false }))
}

/** Equality by a collation that ignores accents and trailing blanks, believed without a second look. */
const collation = leaves(byCollation)

/** The same on a record's own columns, where a store can say `superset` to each leaf. */
export const loose = leaves(byCollation, false)

/** A column without a binary collation: text that is told apart by case only is the same. */
const caseBlind = leaves((leaf, on) => {
  const test = textTest(leaf.test)
  if (test === undefined || test.op !== 'eq' || ('fold' in test && test.fold)) return leaf
  return truth(on.values(leaf.slot).some((v) => typeof v === 'string' && fold(v) === fold(test.value)))
})

/** Numbers in the order of their digits. */
const textOrder = leaves((leaf, on) => {
  const { test } = leaf
  if (!('value' in test) || typeof test.value !== 'number') return leaf
  return truth(
    satisfies(
      on.values(leaf.slot).map((v) => (typeof v === 'number' ? String(v) : v)),
      { ...test, value: String(test.value) },
    ),
  )
})

/** Only the first of several values is looked at. */
const firstOnly = leaves((leaf, on) => truth(satisfies(on.values(leaf.slot).slice(0, 1), leaf.test)))

/** Several tests of child rows as joins: each may be met by another row. */
const rowsApart: Bend = (predicate, on) => {
  const visit = (p: Predicate): Predicate =>
    p.kind === 'and' || p.kind === 'or'
      ? { kind: p.kind, of: p.of.map(visit) }
      : p.kind === 'not'
        ? { kind: 'not', of: visit(p.of) }
        : p.kind === 'row' && p.where.kind === 'and'
          ? truth(p.where.of.every((part) => holds({ ...p, where: part }, on)))
          : p
  return visit(predicate)
}

/** Membership through a nested group is left out of the filter, though it shows in the answer. */
const directOnly =
  (world: World): Bend =>
  (predicate, on) => {
    const record = world.records.find((r) => r.id === on.id)
    const direct: RecordSubject = {
      ...on,
      linked: (reference, to) =>
        (record?.links[reference.key] ?? []).some((l) => l.indirect !== true && (to === 'any' || to.includes(l.id))),
    }
    const visit = (p: Predicate): Predicate =>
      p.kind === 'and' || p.kind === 'or'
        ? { kind: p.kind, of: p.of.map(visit) }
        : p.kind === 'not'
          ? { kind: 'not', of: visit(p.of) }
          : p.kind === 'link'
            ? truth(holds(p, direct))
            : p
    return visit(predicate)
  }

/** Each is a mistake that somebody has shipped; the law must refute every one. */
export const mutants: Readonly<Record<string, (world: World) => Bend>> = {
  'NOT without NULL logic': () => naiveNot,
  'bare <>': () => bareUnequal,
  'unescaped LIKE': () => unescapedLike,
  'no fold': () => noFold,
  'ASCII fold': () => asciiFold,
  'collation without recheck': () => collation,
  'case-blind column': () => caseBlind,
  'numbers as text': () => textOrder,
  'first value only': () => firstOnly,
  'row tests apart': () => rowsApart,
  'direct membership only': directOnly,
}
