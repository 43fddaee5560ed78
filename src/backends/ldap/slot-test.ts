import { never } from '../../base/errors.ts'
import type { SlotTest } from '../../mapping/predicate.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import type { Say } from '../../plan/port.ts'
import { wireValue } from './fields.ts'
import type { LdapFilter, Value } from './filter.ts'
import { allOf, anyOf, equal, not, nothing, present } from './filter.ts'
import type { MatchingRule } from './matching.ts'
import { ruleOf } from './matching.ts'
import type { AttributeType, Schema } from './schema.ts'
import { fits } from './syntax.ts'

/** Integer bit rules of Active Directory, which others have taken over (MS-ADTS section 3.1.1.3.4.4). */
const allBits = '1.2.840.113556.1.4.803'
const anyBit = '1.2.840.113556.1.4.804'

/** A test as a filter, and how well it says it; a value that does not fit the syntax matches nothing. */
export interface Said {
  readonly say: Say
  readonly filter: LdapFilter
}

const cannot: Said = { say: 'no', filter: nothing }
const exactly = (filter: LdapFilter): Said => ({ say: 'exact', filter })

/**
 * The comparison of an attribute is the matching rule that its schema gives it. Where there is none, or the value is not
 * of its syntax, a server takes the filter for Undefined, and its negation as well (RFC 4511 section 4.5.1.7): such a
 * filter is never sent. What is sent is what was asked for: servers fold a final sigma and a dotted I otherwise.
 */
export function testOf(
  { schema, abilities }: { readonly schema: Schema; readonly abilities: { readonly bitRules: boolean } },
  attribute: string,
  test: SlotTest,
): Said {
  const type = schema.attribute(attribute)
  if (type === undefined) return cannot
  switch (test.op) {
    case 'absent':
      return exactly(not(present(attribute)))
    case 'in':
      return anyEqual(schema, attribute, type, test.values)
    case 'eq':
      return equality(schema, attribute, type, test.asked ?? test.value, test.fold)
    case 'co':
    case 'sw':
    case 'ew':
      return substring(schema, attribute, type, test.op, test.asked ?? test.value, test.fold)
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return ordering(schema, attribute, type, test.op, test.asked ?? test.value, test.fold)
    case 'moment': {
      if (ruleNamed(type.equality)?.compares !== 'time') return cannot
      return test.is === 'eq'
        ? equality(schema, attribute, type, test.value, false)
        : ordering(schema, attribute, type, test.is, test.value, false)
    }
    case 'bits':
      return abilities.bitRules && ruleNamed(type.equality)?.compares === 'integer'
        ? exactly(bits(attribute, test.mask, test.equals))
        : cannot
    default:
      return never(test)
  }
}

const ruleNamed = (name: string | undefined): MatchingRule | undefined =>
  name === undefined ? undefined : ruleOf(name)

function anyEqual(schema: Schema, attribute: string, type: AttributeType, values: readonly NativeScalar[]): Said {
  const said = values.flatMap((value) => (value === null ? [] : [equality(schema, attribute, type, value, false)]))
  if (said.some(({ say }) => say === 'no')) return cannot
  return {
    say: said.some(({ say }) => say === 'superset') ? 'superset' : 'exact',
    filter: anyOf(said.map(({ filter }) => filter)),
  }
}

function equality(schema: Schema, attribute: string, type: AttributeType, value: NativeScalar, folded: boolean): Said {
  const rule = ruleNamed(type.equality)
  if (rule === undefined || value === null) return cannot
  const say = comparing(rule, folded, value)
  if (say === 'no') return cannot
  const wire = fitting(schema, rule, value)
  return wire === undefined ? exactly(nothing) : { say, filter: equal(attribute, wire) }
}

/** How well a rule makes the comparison that is asked for. */
function comparing(rule: MatchingRule, folded: boolean, value: NativeScalar): Say {
  // 7 and 007 are one number and two texts
  if (typeof value === 'number' || typeof value === 'bigint') return rule.compares === 'integer' ? 'exact' : 'no'
  if (!['text', 'telephone'].includes(rule.compares) || isCaseless(String(value))) return 'exact'
  // RFC 4517 section 4.2.32 folds letters in a telephone number, and OpenLDAP does not
  if (folded) return rule.folds && rule.compares === 'text' ? 'exact' : 'no'
  return rule.folds ? 'superset' : 'exact'
}

const isCaseless = (text: string): boolean => text.toLowerCase() === text.toUpperCase()

function substring(
  schema: Schema,
  attribute: string,
  type: AttributeType,
  op: 'co' | 'sw' | 'ew',
  value: NativeScalar,
  folded: boolean,
): Said {
  if (value === '') return exactly(present(attribute))
  const rule = ruleNamed(type.substr)
  if (rule === undefined || typeof value !== 'string') return cannot
  // servers differ in what they make of blanks at the ends of a piece, and of pieces that are nothing but fillers
  if (value.trim() !== value || / {2}/.test(value)) return cannot
  if (rule.compares === 'telephone' && /^[- ]*$/.test(value)) return cannot
  if (!['text', 'telephone', 'numeric', 'list'].includes(rule.compares)) return cannot
  const say = comparing(rule, folded, value)
  if (say === 'no') return cannot
  // no value has a piece that none can have; in an address a piece may begin within an escape
  if (fitting(schema, rule, value) === undefined) return rule.compares === 'list' ? cannot : exactly(nothing)
  const piece = { kind: 'substrings', attribute, initial: undefined, any: [], final: undefined } as const
  switch (op) {
    case 'co':
      return { say, filter: { ...piece, any: [value] } }
    case 'sw':
      return { say, filter: { ...piece, initial: value } }
    case 'ew':
      return { say, filter: { ...piece, final: value } }
    default:
      return never(op)
  }
}

function ordering(
  schema: Schema,
  attribute: string,
  type: AttributeType,
  op: 'gt' | 'ge' | 'lt' | 'le',
  value: NativeScalar,
  folded: boolean,
): Said {
  const rule = ruleNamed(type.ordering)
  if (rule === undefined || value === null || comparing(rule, folded, value) !== 'exact') return cannot
  const isUp = op === 'gt' || op === 'ge'
  let bound = value
  let isOpen = op === 'gt' || op === 'lt'
  if (rule.compares === 'integer' && typeof value === 'number' && !Number.isInteger(value)) {
    bound = isUp ? Math.ceil(value) : Math.floor(value)
    isOpen = false
  }
  const wire = fitting(schema, rule, typeof bound === 'number' ? BigInt(bound) : bound)
  // every text is above the empty one, and what is no text at all cannot be sent
  if (wire === undefined && rule.compares === 'text')
    return value === '' ? exactly(isUp ? present(attribute) : nothing) : cannot
  if (wire === undefined) return exactly(nothing)
  const within: LdapFilter = { kind: isUp ? 'greaterOrEqual' : 'lessOrEqual', attribute, value: wire }
  if (!isOpen) return exactly(within)
  // any value may satisfy the one and another the other
  return type.singleValue ? exactly(allOf([within, not(equal(attribute, wire))])) : { say: 'superset', filter: within }
}

/** All of the bits that are to be set, and none of the others. */
function bits(attribute: string, mask: number, equals: number): LdapFilter {
  const rule = (rule: string, of: number): LdapFilter => ({
    kind: 'extensibleMatch',
    attribute,
    rule,
    value: String(of >>> 0),
  })
  const clear = (mask & ~equals) >>> 0
  if ((equals & ~mask) !== 0) return nothing
  return allOf([
    present(attribute),
    ...(equals === 0 ? [] : [rule(allBits, equals)]),
    ...(clear === 0 ? [] : [not(rule(anyBit, clear))]),
  ])
}

/** What makes a filter Undefined is the syntax of the rule, which need not be that of the attribute. */
function fitting(schema: Schema, rule: MatchingRule, value: Exclude<NativeScalar, null>): Value | undefined {
  const wire = wireValue(value)
  return fits(rule.syntax, wire, schema) ? wire : undefined
}
