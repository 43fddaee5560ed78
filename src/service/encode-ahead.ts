import type { Json, JsonObject } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { AttributeMapping, Leaf, ResourceMapping } from '../mapping/catalog.ts'
import type { Codec } from '../mapping/codec.ts'
import type { NativeScalar } from '../mapping/slot.ts'
import { leafValue } from '../scim/value.ts'
import { topLevelName } from '../plan/want.ts'
import type { PatchOperation } from '../scim/patch.ts'
import type { AttributeRef } from '../scim/schema.ts'

/**
 * The mapping for one write, with what its slow codecs make of the values that the request sends: planning stays
 * synchronous and pure, and nobody else waits while a password is hashed.
 */
export async function encodeAhead(
  mapping: ResourceMapping,
  valuesOf: (ref: AttributeRef) => readonly Json[],
): Promise<ResourceMapping> {
  if (!mapping.attributes.some(isSlow)) return mapping
  const attributes = mapping.attributes.map(async (carrier): Promise<AttributeMapping> => {
    if (carrier.kind !== 'single' || !isSlow(carrier)) return carrier
    return { ...carrier, leaves: await Promise.all(carrier.leaves.map((leaf) => ahead(leaf, valuesOf(leaf.ref)))) }
  })
  return { ...mapping, attributes: await Promise.all(attributes) }
}

const isSlow = (carrier: AttributeMapping): boolean =>
  carrier.kind === 'single' && carrier.leaves.some((leaf) => codecOf(leaf)?.encodeAhead !== undefined)

const codecOf = ({ carrier }: Leaf): Codec | undefined => (carrier.kind === 'slot' ? carrier.codec : undefined)

async function ahead(leaf: Leaf, values: readonly Json[]): Promise<Leaf> {
  const { carrier } = leaf
  if (carrier.kind !== 'slot' || carrier.codec.encodeAhead === undefined) return leaf
  const { codec } = carrier
  const made = new Map<Json, NativeScalar>()
  for (const value of new Set(values)) made.set(value, (await codec.encodeAhead?.(value)) ?? null)
  const encode: Codec['encode'] = (value, held) => made.get(value) ?? codec.encode(value, held)
  return { ...leaf, carrier: { ...carrier, codec: { ...codec, encode } } }
}

/** What a whole resource says of a leaf. */
export const sentIn =
  (resource: JsonObject) =>
  (ref: AttributeRef): readonly Json[] => {
    const value = leafValue(resource, ref)
    return value === undefined || value === null ? [] : [value]
  }

/** What the operations of a PATCH say of a leaf, one after the other. */
export const sentBy =
  (operations: readonly PatchOperation[]) =>
  (ref: AttributeRef): readonly Json[] =>
    operations.flatMap(({ target, value }) => {
      if (topLevelName(target) !== topLevelName(ref) || value === undefined) return []
      if (target.sub?.name === ref.sub?.name) return [value]
      const part =
        target.sub === undefined && ref.sub !== undefined && isObject(value) ? value[ref.sub.name] : undefined
      return part === undefined ? [] : [part]
    })
