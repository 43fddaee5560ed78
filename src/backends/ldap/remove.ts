import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { Decision, RemovePlan } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import { success } from './assumed.ts'
import { missing } from './change.ts'
import { code } from './codes.ts'
import { changed } from './changed.ts'
import { changesOf } from './deltas.ts'
import type { Directory } from './directory.ts'
import { dnKey } from '../../mapping/dn/dn-key.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import { failed } from './failed.ts'
import { attributeOf, orderedValues } from './fields.ts'
import type { LdapFilter } from './filter.ts'
import { guardOf, isInvolved } from './guard.ts'
import { guarded } from './guarded.ts'
import type { NameOf } from './inbound.ts'
import { holdersOf, repoint } from './inbound.ts'
import { comeBack, leaveFirst } from './leave-first.ts'
import { bearer, turnOf, turnsOf } from './look.ts'
import { modify } from './modify.ts'
import type { Delete, Entry } from './operation.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryOf, recordsOf } from './read.ts'
import { assignedValues, stateAfter } from './state.ts'
import { heldBy } from './targets.ts'
import { TryAgain } from './try-again.ts'

const decision: Decision = { write: { fields: [], rows: [], links: [] }, unique: [], side: undefined }

/** Deletes an entry, or marks it as the mapping says; then nobody points at it any more. */
export function* remove(directory: Directory, plan: RemovePlan, circumstances: Circumstances): Steps<Outcome> {
  const { of: mapping, id, prior } = plan
  yield { kind: 'lock', names: [turnOf(mapping, id)] }
  const rule = mapping.onDelete
  const marked = rule.kind === 'set' ? rule.set.flatMap(({ slot }) => attributeOf(slot) ?? []) : []
  const more = [...heldBy(mapping.inbound.map(({ reference }) => reference)), ...marked]
  const held = yield* entryOf(directory, mapping, id, prior, circumstances, 'prior', more)
  if (held === undefined) throw missing(mapping)
  const [record] = yield* recordsOf(directory, mapping, prior, [held], { ...circumstances, isDeciding: true })
  const known = circumstances.assumed?.prior ?? record ?? { id, fields: {}, rows: {}, links: {} }
  plan.check(known)
  const guard = guardOf(directory, plan, held)
  const dn = parseDn(held.dn)
  // nobody else gets the name before it is forgotten everywhere
  const name = dn === undefined ? [] : [dnKey(dn, directory.schema)]
  yield { kind: 'lock', names: [...turnsOf(mapping, [], name), bearer(mapping.type.name, id)] }
  const nameOf: NameOf = ({ place }) =>
    place.kind === 'field' && place.by !== undefined ? orderedValues(held, place.by)[0] : held.dn
  yield { kind: 'decided', decision }
  const isLeaving = rule.kind === 'delete' || rule.leave
  const left = isLeaving ? yield* leaveFirst(directory, mapping, nameOf) : []
  try {
    yield* end(directory, plan, { held, known, guard }, circumstances)
  } catch (error) {
    yield* comeBack(directory, left)
    throw error
  }
  if (isLeaving) yield* forget(directory, plan, nameOf, circumstances)
  changed(directory, mapping, { dns: [held.dn], isNesting: true })
  for (const { from } of mapping.inbound) directory.lists.changed(from)
  return { kind: 'written', record: undefined, id, changed: true, decision }
}

/** The entry itself goes, or is marked. */
function* end(
  directory: Directory,
  { of: mapping }: RemovePlan,
  {
    held,
    known,
    guard,
  }: { readonly held: Entry; readonly known: NativeRecord; readonly guard: LdapFilter | undefined },
  circumstances: Circumstances,
): Steps<void> {
  const rule = mapping.onDelete
  if (rule.kind === 'delete') return yield* erase(directory, mapping, held, guard)
  const state = stateAfter(mapping, known, [])
  const changes = changesOf(directory, mapping, held, assignedValues(rule.set, state, circumstances), state)
  const what = { changes, stamps: [], linked: [], unique: [], guard, answer: undefined }
  yield* modify(directory, mapping, held.dn, what)
}

function* erase(
  directory: Directory,
  mapping: ResourceMapping,
  { dn }: Entry,
  guard: LdapFilter | undefined,
): Steps<void> {
  const operation: Delete = { kind: 'delete', dn, ...(guard !== undefined && { assert: guard }) }
  const result = yield* guarded(directory, operation, { assume: success, hasFollowers: isInvolved(mapping) })
  switch (result.code) {
    case code.success:
      return
    case code.assertionFailed:
    case code.noSuchObject:
      // changed, renamed or deleted since it was read
      throw new TryAgain(failed(result, operation))
    case code.notAllowedOnNonLeaf:
      throw new BridgeError(
        'constraint',
        'The directory keeps other entries below this one, so it cannot be deleted',
        failed(result, operation),
      )
    default:
      throw failed(result, operation)
  }
}

/** A directory keeps the name of whoever has gone (RFC 4512 has no referential integrity), for the next one who gets it. */
function* forget(
  directory: Directory,
  { of: mapping }: RemovePlan,
  nameOf: NameOf,
  circumstances: Circumstances,
): Steps<void> {
  const holders = yield* holdersOf(directory, mapping, nameOf, 'who points at it')
  yield* repoint(directory, holders, undefined, 'the name goes, from each of them')
  if (holders.length === 0 || circumstances.dry) return
  const still = yield* holdersOf(directory, mapping, nameOf, 'and nobody any more, if anybody did', 'nobody')
  yield* repoint(directory, still, undefined, 'the name goes, from each of them')
}
