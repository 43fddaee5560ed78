import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { evaluate } from '../../src/scim/filter-eval.ts'
import { parseFilter } from '../../src/scim/filter-parse.ts'
import { printFilter } from '../../src/scim/filter-print.ts'
import { resolveFilter } from '../../src/scim/filter-resolve.ts'
import type { CompareOp, Filter, Literal } from '../../src/scim/filter.ts'
import type { AttributePath } from '../../src/scim/path.ts'
import { parseAttributePath, parsePath } from '../../src/scim/path-parse.ts'
import { findPath } from '../../src/scim/path-resolve.ts'
import { leafOf } from '../../src/scim/schema.ts'
import { userType } from './types.ts'

type Parsed = Filter<AttributePath>

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const ops: readonly CompareOp[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']

const text = fc.string({ unit: 'binary', maxLength: 12 })
const name = fc.stringMatching(/^[A-Za-z$][-\w$]{0,6}$/)
const path: fc.Arbitrary<AttributePath> = fc.record({
  urn: fc.constantFrom(undefined, enterprise, 'urn:example:hr:2.0:Person', 'URN:X:y'),
  name,
  sub: fc.option(name, { nil: undefined }),
})
const literal: fc.Arbitrary<Literal> = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
)

/** Filters as the parser makes them: chains of two or more, value paths that do not nest. */
function filters(leaf: fc.Arbitrary<Parsed>, some: fc.Arbitrary<Parsed> | undefined): fc.Arbitrary<Parsed> {
  const { tree } = fc.letrec<{ tree: Parsed }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      some ? fc.oneof(leaf, some) : leaf,
      tie('tree').map((of): Parsed => ({ kind: 'not', of })),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('tree'), { minLength: 2, maxLength: 3 }))
        .map(([kind, of]): Parsed => ({ kind, of })),
    ),
  }))
  return tree
}

const anyLeaf: fc.Arbitrary<Parsed> = fc.oneof(
  path.map((attr): Parsed => ({ kind: 'present', attr })),
  fc
    .tuple(fc.constantFrom(...ops), path, literal)
    .map(([op, attr, value]): Parsed => ({ kind: 'compare', op, attr, value })),
)
const anyFilter = filters(
  anyLeaf,
  fc.tuple(path, filters(anyLeaf, undefined)).map(([attr, where]): Parsed => ({ kind: 'some', attr, where })),
)

const word = fc.constantFrom('a', 'A', 'work', 'é', '', 'x y', '"', '\\', ')')
/** Leaves that the User type can answer. */
const leaves = (names: readonly string[], parent?: string): fc.Arbitrary<Parsed> =>
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...ops), word, fc.boolean(), fc.nat(3)).map((row): Parsed => {
    const [inner, op, string, boolean, kind] = row
    const attr = parseAttributePath(inner)
    const ref = findPath(parseAttributePath(parent === undefined ? inner : `${parent}.${inner}`), userType)
    const type = ref === undefined ? 'string' : leafOf(ref).type
    if (kind === 0) return { kind: 'present', attr }
    if (kind === 1) return { kind: 'compare', op: op < 'ew' ? 'eq' : 'ne', attr, value: null }
    if (type === 'boolean') return { kind: 'compare', op: 'eq', attr, value: boolean }
    const value = type === 'dateTime' ? `2024-0${(string.length % 9) + 1}-01T01:00:00.50+01:00` : string
    return { kind: 'compare', op, attr, value }
  })
const knownFilter = filters(
  leaves(['userName', 'ID', 'name.givenName', 'active', 'emails', 'emails.type', 'meta.created', 'manager', 'roles']),
  fc
    .tuple(fc.constantFrom('emails', 'Addresses'), leaves(['value', 'type', 'primary'], 'emails'))
    .filter(([parent, leaf]) => parent === 'emails' || (leaf.kind === 'compare' && leaf.attr.name === 'type'))
    .map(([parent, where]): Parsed => ({ kind: 'some', attr: parseAttributePath(parent), where })),
)

const element = fc.record({ value: word, type: word, primary: fc.boolean() }, { requiredKeys: [] })
const resource = fc.record(
  {
    id: word,
    userName: word,
    name: fc.record({ givenName: word }, { requiredKeys: [] }),
    active: fc.boolean(),
    emails: fc.array(element, { maxLength: 3 }),
    addresses: fc.array(fc.record({ type: word }), { maxLength: 2 }),
    roles: fc.array(fc.record({ value: word }), { maxLength: 2 }),
    meta: fc.record({ created: fc.constantFrom('2024-01-01T00:00:00.5Z', '2024-02-01T00:00:00Z') }),
    [enterprise]: fc.record({ manager: fc.record({ value: word }) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
) as unknown as fc.Arbitrary<JsonObject>

describe('laws of filters', () => {
  it('parse of print is identity', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(parseFilter(printFilter(filter))).toEqual(filter)
      }),
      { numRuns: 3000 },
    )
  })

  it('resolve of parse of print is identity on what is resolved', () => {
    fc.assert(
      fc.property(knownFilter, (filter) => {
        const resolved = resolveFilter(filter, userType)
        expect(resolveFilter(parseFilter(printFilter(resolved)), userType)).toEqual(resolved)
      }),
      { numRuns: 2000 },
    )
  })

  it('resolution leaves neither `ne`, null, a complex comparison nor a value filter on a single value', () => {
    const check = (filter: ReturnType<typeof resolveFilter>): boolean => {
      switch (filter.kind) {
        case 'and':
        case 'or':
          return filter.of.every(check)
        case 'not':
          return check(filter.of)
        case 'some':
          return filter.attr.attribute.multiValued && check(filter.where)
        case 'compare':
          return filter.op !== 'ne' && filter.value !== null && leafOf(filter.attr).type !== 'complex'
        default:
          return true
      }
    }
    fc.assert(fc.property(knownFilter, (filter) => check(resolveFilter(filter, userType))))
  })

  it('`not` is the complement, `and` the intersection, `or` the union', () => {
    fc.assert(
      fc.property(knownFilter, knownFilter, resource, (a, b, it) => {
        const holds = (filter: Parsed): boolean => evaluate(resolveFilter(filter, userType), it)
        expect(holds({ kind: 'not', of: a })).toBe(!holds(a))
        expect(holds({ kind: 'and', of: [a, b] })).toBe(holds(a) && holds(b))
        expect(holds({ kind: 'or', of: [a, b] })).toBe(holds(a) || holds(b))
      }),
      { numRuns: 1000 },
    )
  })

  it('`ne` is the complement of `eq` for every attribute and value', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('userName', 'emails', 'emails.type', 'roles', 'manager'),
        word,
        resource,
        (...row) => {
          const [attr, value, it] = row
          const holds = (op: string): boolean =>
            evaluate(resolveFilter(parseFilter(`${attr} ${op} ${JSON.stringify(value)}`), userType), it)
          expect(holds('ne')).toBe(!holds('eq'))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('a quoted value is never syntax', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(parseFilter(`userName eq ${JSON.stringify(value)}`)).toMatchObject({ kind: 'compare', value })
      }),
      { numRuns: 1000 },
    )
  })

  const fragments = fc.constantFrom(
    ...[
      'userName',
      'emails',
      '.value',
      'urn:',
      enterprise,
      ':',
      'eq',
      'pr',
      'ne',
      'and',
      'or',
      'not',
      '(',
      ')',
      '[',
      ']',
    ],
    ...[' ', '  ', '"', '"x"', '\\', '\\u', 'true', 'null', '1', '-', '1e999', '\0', '\t', '\ud800', '😀', '__proto__'],
  )
  const garbage = fc.oneof(
    fc.array(fragments, { maxLength: 20 }).map((parts) => parts.join('')),
    fc.array(fragments, { maxLength: 20 }).map((parts) => parts.join(' ')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )
  it('garbage is refused with a BridgeError or understood, never anything else', () => {
    const quirks = new Set(['bareFilterValue', 'stringBoolean'] as const)
    const attempts: readonly ((text: string) => unknown)[] = [
      (text) => resolveFilter(parseFilter(text), userType),
      (text) => resolveFilter(parseFilter(text, { bareValues: true }), userType, quirks),
      (text) => parsePath(text),
      (text) => parseAttributePath(text),
    ]
    fc.assert(
      fc.property(garbage, (text) => {
        for (const attempt of attempts) {
          try {
            attempt(text)
          } catch (error) {
            expect(isBridgeError(error) && error.detail.isWellFormed()).toBe(true)
          }
        }
      }),
      { numRuns: 4000 },
    )
  })
})
