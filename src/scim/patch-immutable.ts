import { BridgeError } from '../base/errors.ts'
import { isObject } from '../base/json.ts'
import type { Json } from '../base/json.ts'
import { sameJson } from './element.ts'
import type { Attribute } from './schema.ts'

const refuse = (name: string): BridgeError =>
  new BridgeError('mutability', `"${name}" is immutable: it has a value already`)

/**
 * RFC 7644 section 3.5.2: an immutable attribute may be given a value while it has none; afterwards only the value
 * that it has. Its loss is a change, too.
 */
export function refuseImmutable(
  attribute: Attribute,
  name: string,
  held: Json | undefined,
  next: Json | undefined,
): void {
  if (attribute.mutability === 'immutable' && held !== undefined && !sameJson(held, next)) throw refuse(name)
  if (attribute.multiValued || !isObject(held)) return
  refuseImmutableParts(attribute, name, held, next)
}

/** The same for the parts of one complex value that stays; elements of a list may go as a whole. */
export function refuseImmutableParts(attribute: Attribute, name: string, held: Json, next: Json | undefined): void {
  if (!isObject(held)) return
  for (const sub of attribute.subAttributes) {
    // what is passed over stays as it is in the store, also when its parent goes
    if (sub.mutability !== 'immutable' || sub.onWrite === 'discard' || held[sub.name] === undefined) continue
    if (!isObject(next) || !sameJson(held[sub.name], next[sub.name])) throw refuse(`${name}.${sub.name}`)
  }
}
