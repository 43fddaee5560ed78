import { never } from '../base/errors.ts'
import type { Filter } from './filter.ts'
import type { AttributePath } from './path.ts'

/** How many times a filter compares or asks for presence. */
export function comparisonsIn(filter: Filter<unknown>): number {
  switch (filter.kind) {
    case 'true':
    case 'false':
    case 'compare':
    case 'present':
      return 1
    case 'and':
    case 'or':
      return sum(filter.of.map(comparisonsIn))
    case 'not':
      return comparisonsIn(filter.of)
    case 'some':
      return comparisonsIn(filter.where)
    default:
      return never(filter)
  }
}

/**
 * The same, but `a eq "x" or a eq "y" or …` is one comparison with a list: clients ask so for a batch of what they
 * know, and a store has an index for it.
 */
export function distinctComparisons(filter: Filter<AttributePath>): number {
  switch (filter.kind) {
    case 'true':
    case 'false':
    case 'compare':
    case 'present':
      return 1
    case 'and':
      return sum(filter.of.map(distinctComparisons))
    case 'or': {
      const equal = new Set<string>()
      const rest = filter.of.filter((part) => {
        if (part.kind !== 'compare' || part.op !== 'eq') return true
        equal.add(nameOf(part.attr))
        return false
      })
      return equal.size + sum(rest.map(distinctComparisons))
    }
    case 'not':
      return distinctComparisons(filter.of)
    case 'some':
      return distinctComparisons(filter.where)
    default:
      return never(filter)
  }
}

const nameOf = ({ urn, name, sub }: AttributePath): string => [urn, name, sub].join(' ').toLowerCase()

const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0)
