import { never } from '../base/errors.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { Say } from './port.ts'

/**
 * What a store can say about a condition: every record that satisfies the condition satisfies `upper`, and every
 * record that satisfies `lower` satisfies the condition. When `exact`, both are the condition itself.
 * Two-valued throughout, so negation just swaps the two.
 */
export interface Bounds {
  readonly upper: Predicate
  readonly lower: Predicate
  readonly exact: boolean
}

const TRUE: Predicate = { kind: 'true' }
const FALSE: Predicate = { kind: 'false' }

export const exactly = (predicate: Predicate): Bounds => ({ upper: predicate, lower: predicate, exact: true })
/** Selects all of the right records and maybe more. */
export const atMost = (predicate: Predicate): Bounds => ({ upper: predicate, lower: FALSE, exact: false })
export const unknown: Bounds = { upper: TRUE, lower: FALSE, exact: false }

/** A conjunction without needless nesting or constants. */
export function conjunction(of: readonly Predicate[]): Predicate {
  const flat = of.flatMap((p) => (p.kind === 'and' ? p.of : p.kind === 'true' ? [] : [p]))
  if (flat.some((p) => p.kind === 'false')) return FALSE
  return flat.length === 0 ? TRUE : flat.length === 1 ? (flat[0] as Predicate) : { kind: 'and', of: flat }
}

/** A disjunction without needless nesting or constants. */
export function disjunction(of: readonly Predicate[]): Predicate {
  const flat = of.flatMap((p) => (p.kind === 'or' ? p.of : p.kind === 'false' ? [] : [p]))
  if (flat.some((p) => p.kind === 'true')) return TRUE
  return flat.length === 0 ? FALSE : flat.length === 1 ? (flat[0] as Predicate) : { kind: 'or', of: flat }
}

export function negation(of: Predicate): Predicate {
  if (of.kind === 'true') return FALSE
  if (of.kind === 'false') return TRUE
  return of.kind === 'not' ? of.of : { kind: 'not', of }
}

export const every = (of: readonly Bounds[]): Bounds => ({
  upper: conjunction(of.map((b) => b.upper)),
  lower: conjunction(of.map((b) => b.lower)),
  exact: of.every((b) => b.exact),
})

export const some = (of: readonly Bounds[]): Bounds => ({
  upper: disjunction(of.map((b) => b.upper)),
  lower: disjunction(of.map((b) => b.lower)),
  exact: of.every((b) => b.exact),
})

export const inverse = (of: Bounds): Bounds => ({
  upper: negation(of.lower),
  lower: negation(of.upper),
  exact: of.exact,
})

/** The bounds of a predicate that means a condition exactly, given how well the store can say each leaf of it. */
export function boundsOf(predicate: Predicate, say: (leaf: Predicate) => Say): Bounds {
  switch (predicate.kind) {
    case 'true':
    case 'false':
      return exactly(predicate)
    case 'and':
      return every(predicate.of.map((p) => boundsOf(p, say)))
    case 'or':
      return some(predicate.of.map((p) => boundsOf(p, say)))
    case 'not':
      return inverse(boundsOf(predicate.of, say))
    case 'slot':
      // the bridge itself resolves a test of the side store to ids, before the store is asked
      if (predicate.slot.at.kind === 'side') return exactly(predicate)
      return asked(predicate, say)
    case 'row':
    case 'link':
    case 'id':
      return asked(predicate, say)
    default:
      return never(predicate)
  }
}

function asked(leaf: Predicate, say: (leaf: Predicate) => Say): Bounds {
  const said = say(leaf)
  return said === 'exact' ? exactly(leaf) : said === 'superset' ? atMost(leaf) : unknown
}
