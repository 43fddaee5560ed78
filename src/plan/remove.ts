import type { ScimId } from '../base/brand.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { VersionList } from '../scim/request.ts'
import type { RemovePlan, SideValues } from './plan.ts'
import { checkVersion } from './version.ts'
import { wantOf } from './want.ts'

/** DELETE (RFC 7644 section 3.6); a guard reads what the version covers, and nothing else is read. */
export function planRemove(
  mapping: ResourceMapping,
  id: ScimId,
  ifMatch: VersionList | undefined,
  held: SideValues,
): RemovePlan {
  const guarded = ifMatch !== undefined && ifMatch !== '*'
  return {
    kind: 'remove',
    of: mapping,
    id,
    prior: wantOf(mapping, () => false, guarded),
    check: (prior) => checkVersion(mapping, { ...prior, fields: { ...prior.fields, ...held } }, ifMatch),
  }
}
