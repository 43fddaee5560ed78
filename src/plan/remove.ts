import type { ScimId } from '../base/brand.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { VersionList } from '../scim/request.ts'
import type { RemovePlan, SideValues } from './plan.ts'
import { refuseDelete, withProtection } from './protect.ts'
import { checkVersion } from './version.ts'
import { topLevelName, wantOf } from './want.ts'

/**
 * DELETE (RFC 7644 section 3.6); a guard reads what the version covers, a mark that is made of attributes those, and
 * nothing else is read.
 */
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
    prior: withProtection(
      mapping,
      wantOf(mapping, (carrier) => isMarkedWith(mapping, topLevelName(carrier.of)), guarded),
    ),
    check: (prior) => {
      checkVersion(mapping, { ...prior, fields: { ...prior.fields, ...held } }, ifMatch)
      refuseDelete(mapping, prior)
    },
  }
}

/** Is an attribute part of what the mapping writes instead of deleting: `LOGIN: { template: "{userName}.gone" }`? */
const isMarkedWith = ({ onDelete }: ResourceMapping, name: string): boolean =>
  onDelete.kind === 'set' &&
  onDelete.set.some(
    ({ value }) =>
      value.kind === 'template' &&
      value.template.some((part) => part.kind === 'path' && topLevelName(part.ref) === name),
  )
