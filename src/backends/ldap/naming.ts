import { BridgeError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { fillTemplate } from '../../mapping/decode.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { Dn, Rdn } from '../../mapping/dn/dn.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import { attributeOf, wireValues } from './fields.ts'
import { leavesOf } from './leaves.ts'
import type { Source } from './source.ts'

/** The RDN that an entry has in this state; where an attribute of its own is its name, as that is written. */
export function rdnOf({ mapping, entry }: Source, state: JsonObject, fields: readonly SlotValue[]): Rdn {
  const { attribute, template } = entry.rdn
  const written = fields.find(({ slot }) => attributeOf(slot)?.toLowerCase() === attribute.toLowerCase())
  const value = written === undefined ? fillTemplate(template, state) : wireValues(written.value)[0]
  if (value !== undefined && value.length > 0) return [{ attribute, value }]
  const paths = template.flatMap((part) => (part.kind === 'path' ? [part.ref.name] : []))
  throw new BridgeError(
    'invalidValue',
    `${paths.join(', ') || mapping.type.name}: an entry of this directory cannot be named without a value`,
  )
}

/** Where an entry belongs when a slot says so: an attribute may decide upon the container. */
export function containerIn(fields: readonly SlotValue[]): Dn | undefined {
  const said = fields.find(({ slot }) => slot.at.kind === 'container')?.value
  return typeof said === 'string' ? parseDn(said) : undefined
}

/** Where an entry goes that nothing is said of. */
export const firstContainer = (mapping: ResourceMapping): Dn | undefined =>
  leavesOf(mapping)
    .flatMap(({ carrier }) =>
      carrier.kind === 'slot' && carrier.slot.at.kind === 'container' ? [carrier.slot.at] : [],
    )
    .map(({ dns }) => parseDn(dns[0] ?? ''))[0]

/** What a client knows of the name: the attributes that it is made of. */
export const namingOf = ({ entry }: ResourceMapping): string =>
  (entry?.rdn.template ?? []).flatMap((part) => (part.kind === 'path' ? [part.ref.name] : [])).join(' and ') || 'name'
