import { never } from '../../base/errors.ts'
import type { ScimId } from '../../base/brand.ts'
import type { Reference } from '../../mapping/catalog.ts'
import type { Predicate } from '../../mapping/predicate.ts'
import type { Say } from '../../plan/port.ts'
import { containerTest } from './container-test.ts'
import { isUnknown } from './assumed.ts'
import type { Directory } from './directory.ts'
import { attributeOf, attributeOfReference } from './fields.ts'
import type { LdapFilter, Value } from './filter.ts'
import { allOf, anyOf, equal, not, nothing, present } from './filter.ts'
import { idsFilter, isIdExact } from './identify.ts'
import type { Said } from './slot-test.ts'
import { testOf } from './slot-test.ts'
import { fits } from './syntax.ts'
import type { Source } from './source.ts'

type Slotted = Extract<Predicate, { readonly kind: 'slot' }>

const slotTest = (directory: Directory, { slot, test }: Slotted): Said => {
  if (slot.at.kind === 'container') return containerTest(directory.abilities, slot.at.dns, test)
  const attribute = attributeOf(slot)
  return attribute === undefined ? { say: 'no', filter: nothing } : testOf(directory, attribute, test)
}

/** How well this directory can say a leaf. */
export function say(directory: Directory, leaf: Predicate): Say {
  switch (leaf.kind) {
    case 'true':
    case 'false':
      return 'exact'
    case 'id':
      return directory.catalog.types.every((mapping) => isIdExact(directory.schema, mapping)) ? 'exact' : 'superset'
    case 'and':
    case 'or':
    case 'not':
    case 'row':
      return 'no'
    case 'slot':
      return slotTest(directory, leaf).say
    case 'link':
      return sayLink(leaf.reference, leaf.to)
    default:
      return never(leaf)
  }
}

/**
 * A value that is there may name an entry that nobody sees, or hold the place of a member, so "any" selects too much.
 * Memberships are selected by the member's own attribute, where the server keeps one.
 */
function sayLink(reference: Reference, to: 'any' | readonly ScimId[]): Say {
  if (attributeOfReference(reference) === undefined) return 'no'
  return to === 'any' ? 'superset' : 'exact'
}

/** The values that a reference holds for the ids that a link names: DNs, or values of an attribute. */
export type Named = (link: Linked) => readonly Value[]

type Linked = Extract<Predicate, { readonly kind: 'link' }>

/** A predicate as a filter; every leaf of it is one that can be said. */
export function filterOf(directory: Directory, source: Source, predicate: Predicate, named: Named): LdapFilter {
  const inner = (one: Predicate): LdapFilter => filterOf(directory, source, one, named)
  switch (predicate.kind) {
    case 'true':
      return allOf([])
    case 'false':
      return nothing
    case 'and':
      return allOf(predicate.of.map(inner))
    case 'or':
      return anyOf(predicate.of.map(inner))
    case 'not':
      return not(inner(predicate.of))
    case 'slot':
      return slotTest(directory, predicate).filter
    case 'id':
      return idsFilter(directory.schema, source.mapping, predicate.ids)
    case 'link': {
      const attribute = attributeOfReference(predicate.reference)
      if (attribute === undefined) return nothing
      if (predicate.to === 'any') return present(attribute)
      const type = directory.schema.attribute(attribute)
      // nobody holds what the attribute cannot hold, and asked for it a server would know nothing at all
      const values = named(predicate).filter(
        (value) => type === undefined || isUnknown(value) || fits(type.syntax, value, directory.schema),
      )
      return anyOf(values.map((value) => equal(attribute, value)))
    }
    case 'row':
      return nothing
    default:
      return never(predicate)
  }
}

/** Every link of a predicate that names ids. */
export function linksIn(
  predicate: Predicate,
): readonly { readonly of: Linked; readonly reference: Reference; readonly ids: readonly ScimId[] }[] {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.of.flatMap(linksIn)
    case 'not':
      return linksIn(predicate.of)
    case 'link':
      return predicate.to === 'any' ? [] : [{ of: predicate, reference: predicate.reference, ids: predicate.to }]
    case 'true':
    case 'false':
    case 'slot':
    case 'row':
    case 'id':
      return []
    default:
      return never(predicate)
  }
}

/** What an entry of a type satisfies: its scope, and that it is not hidden. */
export function visible(directory: Directory, source: Source): LdapFilter {
  const rule = source.mapping.onDelete
  if (rule.kind !== 'set' || rule.hide === undefined) return source.filter
  return allOf([source.filter, not(filterOf(directory, source, rule.hide, () => []))])
}
