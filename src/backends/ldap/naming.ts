import { BridgeError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import { fillTemplate } from '../../mapping/decode.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { Dn, Rdn } from './dn.ts'
import { parseDn } from './dn.ts'
import type { Source } from './source.ts'

/** The RDN that an entry has in this state. */
export function rdnOf({ mapping, entry }: Source, state: JsonObject): Rdn {
  const { attribute, template } = entry.rdn
  const value = fillTemplate(template, state)
  if (value !== undefined && value !== '') return [{ attribute, value }]
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
