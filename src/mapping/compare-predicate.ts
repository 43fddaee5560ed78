import { never } from '../base/errors.ts'
import type { CompareOp, Literal } from '../scim/filter.ts'
import { matchesValue } from '../scim/compare-values.ts'
import { leafOf } from '../scim/schema.ts'
import type { Leaf } from './catalog.ts'
import { allOf, always, not, nothing } from './codecs/tests.ts'
import type { Predicate } from './predicate.ts'

/** A test with a negation in it says something about all values of a slot, so it cannot stand for "any value does". */
const hasNot = (p: Predicate): boolean =>
  p.kind === 'not' || ((p.kind === 'and' || p.kind === 'or') && (p.kind === 'and' || p.of.some(hasNot)))

/** `leaf op value` in the backend's terms; undefined when only the bridge can tell. */
export function comparePredicate(leaf: Leaf, op: CompareOp, value: Exclude<Literal, null>): Predicate | undefined {
  const { carrier } = leaf
  switch (carrier.kind) {
    case 'slot': {
      const said = carrier.codec.compare(op, value, carrier.slot)
      return said !== undefined && carrier.slot.many && hasNot(said) ? undefined : said
    }
    case 'all': {
      if (op !== 'eq') return undefined
      if (typeof value !== 'boolean') return nothing
      const parts = carrier.parts.map((part) => part.codec.compare('eq', true, part.slot))
      const known = parts.filter((part) => part !== undefined)
      if (known.length !== parts.length) return undefined
      return value ? allOf(...known) : not(allOf(...known))
    }
    case 'constant':
      return matchesValue(leafOf(leaf.ref), op, value)(carrier.value) ? always : nothing
    case 'template':
    case 'split':
      return undefined
    default:
      return never(carrier)
  }
}

/** `leaf pr` in the backend's terms. */
export function presentPredicate(leaf: Leaf): Predicate | undefined {
  const { carrier } = leaf
  switch (carrier.kind) {
    case 'slot': {
      const { codec, slot } = carrier
      const said = codec.present(slot)
      if (codec.presentIsSuperset) return undefined
      if (!slot.many) return said
      const isPlain = said.kind === 'not' && said.of.kind === 'slot' && said.of.test.op === 'absent'
      return isPlain ? said : undefined
    }
    case 'all':
    case 'constant':
      return always
    case 'template':
    case 'split':
      return undefined
    default:
      return never(carrier)
  }
}
