import { isBridgeError } from '../../base/errors.ts'
import type { ScimId } from '../../base/brand.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { idOf, keyOf } from '../../mapping/id.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import { idFromSideStore, idOnPage } from '../../plan/port.ts'
import { isUnknown } from './assumed.ts'
import type { LdapFilter, Value } from './filter.ts'
import { allOf, anyOf, equal } from './filter.ts'
import type { Entry } from './operation.ts'
import { valuesOf } from './operation.ts'
import { ruleOf } from './matching.ts'
import type { Schema } from './schema.ts'
import { fits, isBinaryType } from './syntax.ts'

/** Selects the entry of an id; undefined when no entry can have it: the value does not fit the syntax of the attribute. */
export function idFilter(schema: Schema, { id: rule }: ResourceMapping, id: ScimId): LdapFilter | undefined {
  const key = keyOf(rule, id)
  const parts = key?.map((text, i): LdapFilter | undefined => {
    const attribute = rule.fields[i] ?? ''
    if (isUnknown(text) || text === idFromSideStore || text === idOnPage) return equal(attribute, text)
    const type = schema.attribute(attribute)
    const value = type !== undefined && isBinaryType(type) ? bytesOf(text) : text
    if (value === undefined || value.length === 0) return undefined
    const matching = type?.equality === undefined ? undefined : ruleOf(type.equality)
    // a server compares UUIDs without regard to case, and an id is what it is
    if (matching?.compares === 'uuid' && text !== text.toLowerCase()) return undefined
    return fits(matching?.syntax ?? type?.syntax, value, schema) ? equal(attribute, value) : undefined
  })
  return parts?.every((part) => part !== undefined) ? allOf(parts) : undefined
}

export const idsFilter = (schema: Schema, mapping: ResourceMapping, ids: readonly ScimId[]): LdapFilter =>
  anyOf(ids.flatMap((id) => idFilter(schema, mapping, id) ?? []))

/** Whether a search for an id finds nothing else: text is compared without regard to case or blanks by many a rule. */
export const isIdExact = (schema: Schema, { id: { fields } }: ResourceMapping): boolean =>
  fields.every((field) => {
    const type = schema.attribute(field)
    if (type?.equality === undefined) return false
    return isBinaryType(type) || ruleOf(type.equality)?.compares === 'uuid'
  })

/** `idOf` writes bytes as hex. */
const bytesOf = (text: string): Uint8Array | undefined =>
  /^(?:[0-9a-f]{2})+$/.test(text) ? new Uint8Array(Buffer.from(text, 'hex')) : undefined

/** The id of an entry; undefined when it lacks what the id is made of. */
export function idOfEntry({ id: rule }: ResourceMapping, entry: Entry): ScimId | undefined {
  const values = rule.fields.map((field): Value | undefined => valuesOf(entry, field)[0])
  if (!values.every((value) => value !== undefined)) return undefined
  try {
    return idOf(rule, values as readonly NativeScalar[])
  } catch (error) {
    if (isBridgeError(error)) return undefined
    throw error
  }
}
