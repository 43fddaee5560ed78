import { BridgeError } from '../base/errors.ts'
import { entityTags } from '../scim/entity-tags.ts'
import type { VersionList } from '../scim/request.ts'

/** A guard that cannot be read must not be dropped: the write would go ahead without it. */
export function readGuard(name: 'If-Match' | 'If-None-Match', header: string | undefined): VersionList | undefined {
  if (header === undefined) return undefined
  const versions = entityTags(header)
  if (versions === undefined) throw new BridgeError('invalidSyntax', `${name} is not a list of entity tags in quotes`)
  return versions
}

/** A condition that saves traffic only: when it cannot be read the whole resource is sent. */
export const readIfNoneMatch = (header: string | undefined): VersionList | undefined =>
  header === undefined ? undefined : entityTags(header)
