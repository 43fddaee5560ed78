import type { ScimId } from '../base/brand.ts'
import { BridgeError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import type { AttributeMapping, Reference, ResourceMapping } from '../mapping/catalog.ts'
import { decodeRecord } from '../mapping/decode.ts'
import type { NativeRecord } from '../mapping/record.ts'
import { applyPatch } from '../scim/patch-apply.ts'
import type { AttributeRef } from '../scim/schema.ts'
import type { PatchOperation } from '../scim/patch.ts'
import type { VersionList } from '../scim/request.ts'
import { decisionOf } from './decision.ts'
import { derivedWrites, isSource } from './derived.ts'
import { fieldWrites } from './fields.ts'
import type { Uncarried } from './fit.ts'
import type { Said } from './kept.ts'
import { heldAside, keepingIn, keptBy, saidInPatch, saidInPut } from './kept.ts'
import { foldLinks, idsIn } from './links.ts'
import { asIds, matchedIn, operationsByIds, replacementByIds } from './names.ts'
import type { ChangePlan, IdOf, LinkDelta, RowsDelta, SideValues, Want } from './plan.ts'
import { isClosed, notAllowed } from './membership.ts'
import { refuseProtected, withProtection } from './protect.ts'
import { replaceResource } from './replace.ts'
import type { Replacement } from './replace.ts'
import { rowsDelta } from './rows.ts'
import { elementsOf, sameValue, topLevelValue } from '../scim/value.ts'
import { checkVersion } from './version.ts'
import { topLevelName, wantOf, withWholeLinks } from './want.ts'

type ReferenceMapping = Extract<AttributeMapping, { kind: 'reference' }>

/** What both kinds of change share. */
export interface ChangeContext {
  readonly mapping: ResourceMapping
  readonly id: ScimId
  readonly ifMatch: VersionList | undefined
  /** What the side store holds for the resource. */
  readonly held: SideValues
  readonly answer: Want | undefined
  readonly uncarried: Uncarried
  /** "No value" for `active` leaves it as it is: a null must not lock anybody out. */
  readonly keepActive: boolean
  /** Most members that may be read when an operation selects them by something else than their ids. */
  readonly scanLimit: number
}

/** PATCH (RFC 7644 section 3.5.2). References are changed by set algebra; everything else by the reference semantics. */
export function planPatch(context: ChangeContext, operations: readonly PatchOperation[]): ChangePlan {
  const { mapping } = context
  const touched = new Set(operations.map((operation) => topLevelName(operation.target)))
  const folded = new Map<string, LinkDelta>()
  for (const carrier of mapping.attributes) {
    const name = topLevelName(carrier.of)
    if (carrier.kind !== 'reference' || carrier.reference.size === 'one' || !touched.has(name)) continue
    const mine = operations.filter((operation) => topLevelName(operation.target) === name)
    const delta = foldLinks(carrier.reference, mine)
    if (delta) folded.set(name, delta)
  }
  const rest = operations.filter((operation) => !folded.has(topLevelName(operation.target)))
  const read = new Set([...touched].filter((name) => !folded.has(name)))
  const links = [...folded.values()]
  const named = [
    ...links.map(({ reference, add, remove }) => ({ reference, ids: [...add, ...remove] })),
    ...singlesNamedBy(mapping, (of) =>
      rest.filter(({ target }) => topLevelName(target) === topLevelName(of)).map(({ value }) => value),
    ),
  ]
  const matched = matchedIn(mapping)
  const plan = planChange(context, read, links, saidInPatch(rest), (prior, idOf) =>
    applyPatch(prior, operationsByIds(matched, rest, idOf), mapping.type),
  )
  return { ...plan, named }
}

/** References with one value, and what the request says of them. */
const singlesNamedBy = (
  mapping: ResourceMapping,
  valuesOf: (of: AttributeRef) => readonly (Json | undefined)[],
): NonNullable<ChangePlan['named']> =>
  mapping.attributes.flatMap((carrier) => {
    if (carrier.kind !== 'reference' || carrier.reference.size !== 'one') return []
    const ids = valuesOf(carrier.of).flatMap(idsIn)
    return ids.length === 0 ? [] : [{ reference: carrier.reference, ids }]
  })

/** PUT (RFC 7644 section 3.5.1). */
export function planReplace(context: ChangeContext, replacement: Replacement): ChangePlan {
  const { mapping } = context
  const closed = mapping.attributes.filter((m) => isClosed(mapping, m) && isLarge(m))
  // whether a list that cannot be read would become another one is not known, so it is not to be sent
  if (closed.some(({ of }) => isSent(replacement, of))) throw notAllowed(mapping, 'members')
  const omitted = (m: AttributeMapping): boolean => m.of.attribute.onOmit === 'keep' && !isSent(replacement, m.of)
  const writable = mapping.attributes.filter(
    (m) => m.of.attribute.mutability !== 'readOnly' && !closed.includes(m) && !omitted(m),
  )
  const links = writable.flatMap((carrier) =>
    carrier.kind === 'reference' &&
    carrier.reference.size !== 'one' &&
    carrier.reference.access === 'readWrite' &&
    !isClosed(mapping, carrier)
      ? [
          {
            reference: carrier.reference,
            only: true,
            add: [...new Set(idsIn(topLevelValue(replacement.resource, carrier.of)))],
            remove: [],
          },
        ]
      : [],
  )
  const settled = new Set(links.map((link) => link.reference.key))
  const read = writable.filter((m) => m.kind !== 'reference' || !settled.has(m.reference.key))
  const named = [
    ...links.map(({ reference, add }) => ({ reference, ids: add })),
    ...singlesNamedBy(mapping, (of) => [topLevelValue(replacement.resource, of)]),
  ]
  const matched = matchedIn(mapping)
  const plan = planChange(
    context,
    new Set(read.map((m) => topLevelName(m.of))),
    links,
    saidInPut(replacement),
    (prior, idOf) => replaceResource(mapping, prior, replacementByIds(matched, replacement, idOf)),
  )
  return { ...plan, named }
}

const isLarge = (m: AttributeMapping): boolean => m.kind === 'reference' && m.reference.size === 'large'

const isSent = ({ resource, cleared }: Replacement, of: AttributeRef): boolean =>
  topLevelValue(resource, of) !== undefined || cleared.has(topLevelName(of))

/** `read` names the attributes that `next` may change; the slots of the record itself come along, being one row. */
function planChange(
  context: ChangeContext,
  read: ReadonlySet<string>,
  links: readonly LinkDelta[],
  said: (reference: Reference) => Said,
  next: (prior: JsonObject, idOf: IdOf) => JsonObject,
): ChangePlan {
  const { mapping, id, ifMatch, held, answer, uncarried } = context
  const guarded = ifMatch !== undefined && ifMatch !== '*'
  const keeping = keepingIn(mapping)
  const waiting = new Set(
    keeping.filter((one) => heldAside(one, held) !== undefined).map(({ reference }) => reference.key),
  )
  return {
    kind: 'change',
    of: mapping,
    id,
    prior: withWholeLinks(
      withProtection(
        mapping,
        wantOf(
          mapping,
          (m) =>
            read.has(topLevelName(m.of)) ||
            m.kind === 'single' ||
            m.kind === 'elements' ||
            isSource(mapping, m) ||
            (m.kind === 'reference' && waiting.has(m.reference.key)),
          guarded,
        ),
      ),
      context.scanLimit,
    ),
    decide(record, idOf = asIds) {
      const known: NativeRecord = { ...record, fields: { ...record.fields, ...held } }
      checkVersion(mapping, known, ifMatch)
      const prior = decodeRecord(mapping, known)
      const wanted = next(prior, idOf)
      const after = context.keepActive ? withActive(prior, wanted) : wanted
      const changed = mapping.attributes.filter(
        (m) => read.has(topLevelName(m.of)) && !sameValue(topLevelValue(prior, m.of), topLevelValue(after, m.of)),
      )
      const kept = keptBy(keeping, said, prior, held, idOf)
      const fields = [...fieldWrites(mapping, prior, after, uncarried, known), ...kept.aside]
      const decision = decisionOf(
        mapping,
        { prior, next: after },
        [...fields, ...derivedWrites(mapping, known, after, fields)],
        changed.flatMap((m) => rowsOf(m, known, after)),
        [
          ...links,
          ...changed.flatMap((m) => (m.kind === 'reference' ? linkDelta(m, prior, after, context) : [])),
          ...kept.links,
        ],
      )
      refuseProtected(mapping, known, { prior, next: after }, decision)
      return decision
    },
    assign: mapping.set.write,
    answer,
  }
}

const withActive = (prior: JsonObject, after: JsonObject): JsonObject =>
  prior['active'] !== undefined && after['active'] === undefined ? { ...after, active: prior['active'] } : after

function rowsOf(carrier: AttributeMapping, record: NativeRecord, after: JsonObject): readonly RowsDelta[] {
  if (carrier.kind !== 'rows') return []
  const delta = rowsDelta(carrier, record.rows[carrier.rows.key] ?? [], elementsOf(topLevelValue(after, carrier.of)))
  return delta ? [delta] : []
}

/** The difference of two sets of references that both have been read. */
function linkDelta(
  { of, reference }: ReferenceMapping,
  prior: JsonObject,
  after: JsonObject,
  context: ChangeContext,
): readonly LinkDelta[] {
  const before = new Set(idsIn(topLevelValue(prior, of)))
  const wanted = new Set(idsIn(topLevelValue(after, of)))
  if (before.size > context.scanLimit) {
    throw new BridgeError('tooMany', `${of.name} has too many values to select them by anything but their id`)
  }
  const add = [...wanted].filter((id) => !before.has(id))
  const remove = [...before].filter((id) => !wanted.has(id))
  if (add.length + remove.length === 0) return []
  return [
    reference.size === 'one' ? { reference, only: true, add, remove: [] } : { reference, only: false, add, remove },
  ]
}
