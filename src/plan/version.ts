import { createHash } from 'node:crypto'
import { BridgeError } from '../base/errors.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import { digestOf, digestParts } from '../mapping/digest.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { VersionList } from '../scim/request.ts'

/**
 * The weak entity tag of a record (RFC 7644 section 3.14); undefined when the mapping has no cheap one: a digest
 * cannot leave out a reference that is too large to read, since its changes would go unseen.
 */
export function versionOf(mapping: ResourceMapping, record: NativeRecord): string | undefined {
  switch (mapping.version.kind) {
    case 'none':
      return undefined
    case 'slot': {
      const value = record.fields[mapping.version.slot.key]
      return value == null ? undefined : `W/"${encodeURIComponent(String(value))}${asideOf(mapping, record)}"`
    }
    case 'digest':
      return holdsLargeReference(mapping) ? undefined : digestOf(mapping, record)
  }
}

/** What the side store holds of the record changes without a trace in its own version. */
export function asideOf(mapping: ResourceMapping, { fields }: Pick<NativeRecord, 'fields'>): string {
  const held = digestParts(mapping)
    .slots.filter(({ at }) => at.kind === 'side')
    .flatMap(({ key }) => (fields[key] == null ? [] : [[key, fields[key]]]))
  if (held.length === 0) return ''
  return `.${createHash('sha256').update(JSON.stringify(held)).digest('base64url').slice(0, 12)}`
}

const holdsLargeReference = (mapping: ResourceMapping): boolean =>
  mapping.attributes.some(
    (m) => m.kind === 'reference' && m.reference.size === 'large' && m.reference.place.kind !== 'reverse',
  )

const opaque = (tag: string): string => tag.replace(/^W\//, '')

/** Weak comparison (RFC 9110 section 8.8.3.2): the tags are all weak, and clients drop or keep the `W/`. */
export const matchesVersion = (list: VersionList, version: string | undefined): boolean =>
  list === '*' || (version !== undefined && list.some((tag) => opaque(tag) === opaque(version)))

/** Holds an If-Match against the record as it stands inside the write. */
export function checkVersion(mapping: ResourceMapping, record: NativeRecord, ifMatch: VersionList | undefined): void {
  if (ifMatch === undefined || ifMatch === '*') return
  const version = versionOf(mapping, record)
  if (matchesVersion(ifMatch, version)) return
  throw new BridgeError(
    'preconditionFailed',
    version === undefined
      ? `A ${mapping.type.name} of this application has no version, so If-Match cannot be satisfied`
      : 'The resource has changed: its version is not among those of If-Match',
  )
}
