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
const atMost = (predicate: Predicate): Bounds => ({ upper: predicate, lower: FALSE, exact: false })
export const unknown: Bounds = { upper: TRUE, lower: FALSE, exact: false }

/** A conjunction without needless nesting or constants. */
export function conjunction(of: readonly Predicate[]): Predicate {
  const flat = of.flatMap((p) => (p.kind === 'and' ? p.of : p.kind === 'true' ? [] : [p]))
  if (flat.some((p) => p.kind === 'false')) return FALSE
  const parts = merged(flat, 'and')
  return parts.length === 0 ? TRUE : parts.length === 1 ? (parts[0] as Predicate) : { kind: 'and', of: parts }
}

/** A disjunction without needless nesting or constants. */
export function disjunction(of: readonly Predicate[]): Predicate {
  const flat = of.flatMap((p) => (p.kind === 'or' ? p.of : p.kind === 'false' ? [] : [p]))
  if (flat.some((p) => p.kind === 'true')) return TRUE
  const parts = merged(flat, 'or')
  return parts.length === 0 ? FALSE : parts.length === 1 ? (parts[0] as Predicate) : { kind: 'or', of: parts }
}

type Joined = Extract<Predicate, { kind: 'row' | 'link' | 'id' }>

/**
 * Questions about the same other table become one: some row is an a, or some row is a b, when some row is an a or a b.
 * A filter may join a thousand of them, and each would be a subquery. In a conjunction it is the negated ones.
 */
function merged(of: readonly Predicate[], by: 'and' | 'or'): readonly Predicate[] {
  const inner = (p: Predicate): Predicate => (by === 'or' ? p : p.kind === 'not' ? p.of : TRUE)
  const groups = new Map<string, Joined[]>()
  for (const p of of) {
    const leaf = inner(p)
    const key = groupOf(leaf)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [leaf as Joined])
    else group.push(leaf as Joined)
  }
  const seen = new Set<string>()
  return of.flatMap((p) => {
    const key = groupOf(inner(p))
    if (key === undefined) return [p]
    if (seen.has(key)) return []
    seen.add(key)
    const one = union(groups.get(key) ?? [])
    return [by === 'or' ? one : negation(one)]
  })
}

const groupOf = (p: Predicate): string | undefined =>
  p.kind === 'row'
    ? `row ${p.rows.key}`
    : p.kind === 'link'
      ? `link ${p.reference.key}`
      : p.kind === 'id'
        ? 'id'
        : undefined

/** All of one group, of which there is at least one. */
function union(of: readonly Joined[]): Predicate {
  const [first] = of
  if (first === undefined) return FALSE
  if (of.length === 1) return first
  switch (first.kind) {
    case 'row':
      return { ...first, where: disjunction(of.flatMap((p) => (p.kind === 'row' ? [p.where] : []))) }
    case 'link': {
      const to = of.flatMap((p) => (p.kind === 'link' ? [p.to] : []))
      return {
        ...first,
        to: to.includes('any') ? 'any' : [...new Set(to.flatMap((ids) => (ids === 'any' ? [] : ids)))],
      }
    }
    case 'id':
      return { kind: 'id', ids: [...new Set(of.flatMap((p) => (p.kind === 'id' ? p.ids : [])))] }
    default:
      return never(first)
  }
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
