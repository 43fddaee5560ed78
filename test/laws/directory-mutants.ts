import { ruleOf } from '../../src/backends/ldap/matching.ts'
import type { Schema } from '../../src/backends/ldap/schema.ts'
import { fits, syntaxes } from '../../src/backends/ldap/syntax.ts'
import { never } from '../../src/base/errors.ts'
import { holds } from '../../src/mapping/holds.ts'
import type { Subject as RecordSubject } from '../../src/mapping/holds.ts'
import type { Predicate } from '../../src/mapping/predicate.ts'
import type { NativeRecord } from '../../src/mapping/record.ts'
import { fold } from '../../src/scim/compare.ts'
import type { Bend } from './mutants.ts'
import type { World } from './world.ts'

type Slotted = Extract<Predicate, { kind: 'slot' }>
type Linked = Extract<Predicate, { kind: 'id' | 'link' }>

/** Numbers as numbers: an entry holds their digits. */
export function withNumbers(schema: Schema, world: World): World {
  const isNumber = (attribute: string): boolean =>
    attribute === 'kitScore' || schema.attribute(attribute)?.syntax === syntaxes.integer
  const numbered = (record: NativeRecord): NativeRecord => ({
    ...record,
    fields: Object.fromEntries(
      Object.entries(record.fields).map(([key, value]) => [
        key,
        typeof value === 'string' && isNumber(key) ? Number(value) : value,
      ]),
    ),
  })
  return { ...world, records: world.records.map(numbered) }
}

/**
 * A filter as a server evaluates it (RFC 4511 section 4.5.1.7): what is Undefined stays so below a negation, and selects
 * nothing.
 */
const threeValued =
  (isUndefined: (leaf: Slotted | Linked) => boolean): Bend =>
  (predicate, on) => {
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
        case 'id':
        case 'link':
          return isUndefined(p) ? undefined : holds(p, on)
        case 'true':
        case 'false':
        case 'row':
          return holds(p, on)
        default:
          return never(p)
      }
    }
    return { kind: visit(predicate) === true ? 'true' : 'false' }
  }

const isUuid = (text: string): boolean => fits(syntaxes.uuid, text)

const isRange = ({ test }: Slotted): boolean => ['gt', 'ge', 'lt', 'le'].includes(test.op)

/** A leaf with another meaning; the record decides. */
const leaves = (bend: (leaf: Slotted, on: RecordSubject) => boolean | undefined): Bend => {
  const visit = (p: Predicate, on: RecordSubject): Predicate => {
    if (p.kind === 'and' || p.kind === 'or') return { kind: p.kind, of: p.of.map((one) => visit(one, on)) }
    if (p.kind === 'not') return { kind: 'not', of: visit(p.of, on) }
    const said = p.kind === 'slot' ? bend(p, on) : undefined
    return said === undefined ? p : { kind: said ? 'true' : 'false' }
  }
  return visit
}

const textsOf = (on: RecordSubject, { slot, test }: Slotted): readonly string[] =>
  on.values(slot).map((value) => ('fold' in test && test.fold ? fold(String(value)) : String(value)))

/** A value as a pattern: each star stands for anything. */
const asPattern = (op: string, value: string): RegExp => {
  const body = value
    .split('*')
    .map((piece) => piece.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('[^]*')
  const before = op === 'co' || op === 'ew' ? '[^]*' : ''
  const after = op === 'co' || op === 'sw' ? '[^]*' : ''
  return new RegExp(`^${before}${body}${after}$`, 'u')
}

/** Each is a mistake that a directory invites to; the law must refute every one. */
export const directoryMutants = (schema: Schema): Readonly<Record<string, Bend>> => {
  const ruleAt = ({ slot, test }: Slotted) => {
    const type = slot.at.kind === 'field' ? schema.attribute(slot.at.field) : undefined
    const range = ['gt', 'ge', 'lt', 'le'].includes(test.op)
    const name = range ? type?.ordering : type?.equality
    return name === undefined ? undefined : ruleOf(name)
  }
  return {
    'a range without an ordering rule, sent': threeValued(
      (leaf) => leaf.kind === 'slot' && isRange(leaf) && ruleAt(leaf) === undefined,
    ),
    'a value that does not fit its syntax, sent': threeValued((leaf) => {
      if (leaf.kind !== 'slot' || !('value' in leaf.test) || !['eq', 'gt', 'ge', 'lt', 'le'].includes(leaf.test.op))
        return false
      const rule = ruleAt(leaf)
      return rule !== undefined && !fits(rule.syntax, String(leaf.test.value))
    }),
    'an id that is no UUID, sent': threeValued(
      (leaf) => leaf.kind === 'id' && !leaf.ids.every((id) => isUuid(id.slice(1))),
    ),
    'a reference to nobody, sent': threeValued(
      (leaf) => leaf.kind === 'link' && leaf.to !== 'any' && !leaf.to.every((id) => isUuid(id.slice(1))),
    ),
    'a star that is not escaped': leaves((leaf, on) => {
      const { test } = leaf
      if (!('value' in test) || typeof test.value !== 'string' || isRange(leaf)) return undefined
      const pattern = asPattern(test.op, test.value)
      return textsOf(on, leaf).some((text) => pattern.test(text))
    }),
    'a backslash that is not escaped': leaves((leaf, on) => {
      const { test } = leaf
      if (!('value' in test) || typeof test.value !== 'string' || test.op !== 'eq') return undefined
      const meant = test.value.replace(/\\([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      return textsOf(on, leaf).includes(meant)
    }),
    'an id of another type': (predicate, on) => {
      const visit = (p: Predicate): Predicate => {
        if (p.kind === 'and' || p.kind === 'or') return { kind: p.kind, of: p.of.map(visit) }
        if (p.kind === 'not') return { kind: 'not', of: visit(p.of) }
        if (p.kind !== 'id') return p
        return { kind: p.ids.some((id) => id.slice(1) === on.id?.slice(1)) ? 'true' : 'false' }
      }
      return visit(predicate)
    },
  }
}
