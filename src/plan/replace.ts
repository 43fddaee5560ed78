import { BridgeError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { AttributeMapping, ResourceMapping } from '../mapping/catalog.ts'
import { sameValue, topLevelValue, withTopLevel } from '../scim/value.ts'
import { idsIn } from './links.ts'
import { isClosed } from './membership.ts'
import { topLevelName } from './want.ts'

/** A PUT body in canonical form; `cleared` names the top-level attributes that were sent as null or empty. */
export interface Replacement {
  readonly resource: JsonObject
  readonly cleared: ReadonlySet<string>
}

/**
 * The resource after a PUT (RFC 7644 section 3.5.1). An attribute that the body leaves out is cleared, save those
 * whose silent loss would lock somebody out or break the client's own matching: password and everything write-only,
 * `active`, and `externalId`, and those of which the mapping says `onOmit: keep`; they go only when the body says null.
 */
export function replaceResource(mapping: ResourceMapping, prior: JsonObject, replacement: Replacement): JsonObject {
  let next = prior
  for (const carrier of mapping.attributes) {
    const { attribute } = carrier.of
    if (attribute.mutability === 'readOnly' || attribute.onWrite === 'discard') continue
    const held = topLevelValue(prior, carrier.of)
    const sent = topLevelValue(replacement.resource, carrier.of)
    if (sent === undefined && keeps(mapping, carrier) && !replacement.cleared.has(topLevelName(carrier.of))) continue
    if (attribute.mutability === 'immutable' && held !== undefined) {
      if (sent !== undefined && !isSame(carrier, held, sent)) throw immutable(carrier.of.name)
      continue
    }
    next = withTopLevel(next, carrier.of, merged(carrier, held, sent))
  }
  return next
}

/** A reference is whom it points at; what else is shown of them is not the client's. */
const isSame = (carrier: AttributeMapping, held: Json, sent: Json): boolean =>
  carrier.kind === 'reference' ? sameValue([...idsIn(held)].sort(), [...idsIn(sent)].sort()) : sameValue(held, sent)

const kept = new Set(['active', 'externalId'])
const keeps = (mapping: ResourceMapping, carrier: AttributeMapping): boolean =>
  isClosed(mapping, carrier) ||
  carrier.of.attribute.onOmit === 'keep' ||
  carrier.of.attribute.mutability === 'writeOnly' ||
  carrier.of.attribute.mutability === 'immutable' ||
  carrier.of.attribute.returned === 'never' ||
  (carrier.of.extension === undefined && kept.has(carrier.of.attribute.name))

/** Sub-attributes that a client may not write keep what they hold. */
function merged(carrier: AttributeMapping, held: Json | undefined, sent: Json | undefined): Json | undefined {
  const { attribute } = carrier.of
  if (attribute.multiValued || attribute.type !== 'complex' || carrier.kind === 'reference') return sent
  const before = isObject(held) ? held : {}
  const after: Record<string, Json> = { ...(isObject(sent) ? sent : {}) }
  for (const sub of attribute.subAttributes) {
    const value = before[sub.name]
    if (sub.onWrite === 'discard') Reflect.deleteProperty(after, sub.name)
    if (value === undefined) continue
    if (sub.mutability === 'readOnly' || sub.onWrite === 'discard') after[sub.name] = value
    else if (sub.mutability === 'immutable') {
      const wanted = after[sub.name]
      if (wanted !== undefined && !sameValue(value, wanted)) throw immutable(`${carrier.of.name}.${sub.name}`)
      after[sub.name] = value
    }
  }
  return Object.keys(after).length === 0 ? undefined : after
}

const immutable = (name: string): BridgeError =>
  new BridgeError('mutability', `${name} is immutable and has another value already`)
