import type { ResourceMapping } from '../mapping/catalog.ts'
import type { Replacement } from '../plan/replace.ts'
import type { PatchOperation } from '../scim/patch.ts'
import type { AttributeRef } from '../scim/schema.ts'
import { withTopLevel } from '../scim/value.ts'
import type { Application } from './application.ts'

/**
 * A login that the legacy system cannot rename is `access: immutable` in the mapping, and the standard would have the
 * change refused. Provisioning clients send userName with every update and stop the whole job on a 400, so under a
 * tolerant profile a changed userName is left out, the answer shows what is held, and the log
 * tells of the PATCH.
 */
export function holdBackRename(
  app: Application,
  mapping: ResourceMapping,
  operations: readonly PatchOperation[],
): readonly PatchOperation[] {
  if (!isFixed(app, mapping)) return operations
  const kept = operations.filter((operation) => !isUserName(operation.target))
  if (kept.length < operations.length) tell(app)
  return kept
}

/** The same for a PUT. Its body always names the userName, mostly the one that is held: that is not worth a line. */
export function holdBackReplacedName(
  app: Application,
  mapping: ResourceMapping,
  replacement: Replacement,
): Replacement {
  const carrier = isFixed(app, mapping) ? mapping.attributes.find((m) => isUserName(m.of)) : undefined
  if (!carrier) return replacement
  return { ...replacement, resource: withTopLevel(replacement.resource, carrier.of, undefined) }
}

const isUserName = (ref: AttributeRef): boolean => ref.extension === undefined && ref.attribute.name === 'userName'

const isFixed = (app: Application, mapping: ResourceMapping): boolean =>
  app.catalog.profile !== 'strict' &&
  mapping.attributes.some((m) => isUserName(m.of) && m.of.attribute.mutability === 'immutable')

const tell = (app: Application): void =>
  app.observe({ kind: 'warning', about: app.catalog.name, detail: 'a change of an immutable userName was held back' })
