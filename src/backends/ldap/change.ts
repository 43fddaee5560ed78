import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { ChangePlan, Decision } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import type { Names } from './carry.ts'
import { carry, namesOf } from './carry.ts'
import { changed } from './changed.ts'
import { changesOf } from './deltas.ts'
import type { Directory } from './directory.ts'
import { sourceFor } from './directory.ts'
import { dnText } from '../../mapping/dn/dn.ts'
import { dnKey } from '../../mapping/dn/dn-key.ts'
import { asking, attributeOf, attributeOfReference, attributesFor, wireValues } from './fields.ts'
import { entryOfRecord } from './entry-of-record.ts'
import { refuseUnfit } from './fitting.ts'
import { follow } from './follow.ts'
import type { Holder } from './inbound.ts'
import { repoint } from './inbound.ts'
import { refuseOutside } from './inside.ts'
import { keepingOut } from './keep-out.ts'
import { isSetByOperation } from './leaves.ts'
import { bearer, bearersOf, checksOf, look, refuseRivals, turnOf, turnsOf } from './look.ts'
import type { LinkChange } from './members.ts'
import { linkChange } from './members.ts'
import type { Modifying } from './modify.ts'
import { modify, unchanged } from './modify.ts'
import type { Change, Entry } from './operation.ts'
import { refuseNameTaken } from './name-taken.ts'
import { setPasswords } from './passwords.ts'
import { guardOf, guardOfLinks } from './guard.ts'
import type { Held } from './prior.ts'
import { heldEntry } from './prior.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryAt, recordsOf } from './read.ts'
import type { Move } from './rename.ts'
import { backFrom, rename, renamed, renameForCertain } from './rename.ts'
import { assignedValues, stateAfter } from './state.ts'
import { heldBy, idsOf, targetsOf } from './targets.ts'
import { withUnseen } from './unseen.ts'
import type { Target } from './targets.ts'
import { unmodify } from './unmodify.ts'

export const missing = (mapping: ResourceMapping): BridgeError =>
  new BridgeError('missing', `there is no such ${mapping.type.name}`)

/** Reads what is held, decides, checks, and writes what differs: one modify, and a rename before it when the name changes. */
export function* change(directory: Directory, plan: ChangePlan, circumstances: Circumstances): Steps<Outcome> {
  const { of: mapping, id } = plan
  const source = sourceFor(directory, mapping)
  // whoever decides upon what is held takes turns; members come and go side by side
  const isDecided = plan.prior.slots.length > 0 || plan.prior.links.length > 0
  yield { kind: 'lock', names: [...(isDecided ? [turnOf(mapping, id)] : []), ...bearersOf(plan.named ?? [])] }
  const stamped = plan.assign.flatMap(({ slot }) => attributeOf(slot) ?? [])
  const { held: first, ...asked } = yield* heldEntry(directory, plan, [...singles(mapping), ...stamped], circumstances)
  if (first === undefined) throw missing(mapping)
  const assumed = circumstances.assumed?.prior
  const shown = assumed === undefined ? first : entryOfRecord(first, plan, assumed)
  const [prior] = yield* recordsOf(directory, mapping, plan.prior, [shown], circumstances)
  const decided: NativeRecord = assumed ?? prior ?? { id, fields: {}, rows: {}, links: {} }
  const decision = plan.decide(decided)
  const { fields, links } = decision.write
  if (fields.length + links.length === 0) {
    if (decision.side !== undefined) yield { kind: 'decided', decision }
    return yield* answered(directory, plan, first, false, decision, circumstances)
  }
  const { held, record } = yield* withUnseen(directory, plan, first, decided, fields, circumstances)
  refuseUnfit(directory, mapping, fields)
  const known = yield* allTargets(directory, decision, asked, circumstances)
  const entry = assumed === undefined ? held : shown
  const state = stateAfter(mapping, record, fields)
  const move = renamed(directory, source, held, fields, { before: stateAfter(mapping, record, []), after: state })
  const names = namesOf(directory, held, decision, move)
  const checks = checksOf(directory, mapping, decision.unique)
  let stale: readonly Holder[] = []
  const isOther = mapping.inbound.some(({ reference }) => names.fresh(reference) !== undefined)
  const turns = [
    ...turnsOf(mapping, checks, move === undefined ? [] : [dnKey(move.to, directory.schema)]),
    ...(isOther ? [bearer(mapping.type.name, id)] : []),
    ...(links.length === 0 ? [] : known.map((target) => bearer(target.type, target.id))),
  ]
  if (turns.length > 0) yield { kind: 'lock', names: turns }
  if (checks.length > 0 || move !== undefined) {
    const looked = yield* look(directory, mapping, checks, names.fresh, 'unique, and nobody points at the new name')
    refuseRivals(mapping, looked, held.dn)
    stale = looked.holders
    // of another case the name is the entry's own
    if (move?.isRespelled === false) yield* refuseNameTaken(directory, mapping, dnText(move.to), circumstances)
  }
  const linked: LinkChange[] = []
  for (const delta of links) linked.push(yield* linkChange(directory, delta, entry, known))
  const stored = fields.filter(({ slot }) => move?.attributes.has(slot.key) !== true)
  const changes = changesOf(directory, mapping, entry, stored, state)
  const passwords = fields.filter(({ slot }) => isSetByOperation(mapping, slot))
  const isIdle =
    changes.length + passwords.length === 0 &&
    move === undefined &&
    linked.every(({ add, remove }) => add.length + remove.length === 0)
  if (isIdle) {
    if (decision.side !== undefined) yield { kind: 'decided', decision }
    return yield* answered(directory, plan, held, false, decision, circumstances)
  }
  yield { kind: 'decided', decision }
  const stamps = assignedValues(plan.assign, state, circumstances).flatMap(stampOf)
  const modifying =
    move === undefined ? { changes, stamps, linked } : { changes: [...changes, ...stamps], stamps: [], linked }
  yield* repoint(directory, stale, undefined, 'of an earlier bearer of the name')
  const isNesting = links.some(({ only }) => only) || known.some(({ type }) => type === mapping.type.name)
  const writing = { held: entry, move, names, modifying, passwords, decision, isNesting, known }
  return yield* write(directory, plan, writing, circumstances)
}

/** Whoever comes last has the last word about a stamp; to exchange it by name would make writers wait for each other. */
const stampOf = ({ slot, value }: SlotValue): readonly Change[] => {
  const attribute = attributeOf(slot)
  return attribute === undefined ? [] : [{ op: 'replace', attribute, values: wireValues(value) }]
}

interface Writing {
  readonly held: Entry
  readonly move: Move | undefined
  readonly names: Names
  readonly modifying: Pick<Modifying, 'changes' | 'stamps' | 'linked'>
  readonly passwords: Decision['write']['fields']
  readonly decision: Decision
  /** One group may have come into another, or left it. */
  readonly isNesting: boolean
  /** Whoever is named. */
  readonly known: readonly Target[]
}

function* write(
  directory: Directory,
  plan: ChangePlan,
  { held, move, names, modifying, passwords, decision, isNesting, known }: Writing,
  circumstances: Circumstances,
): Steps<Outcome> {
  const { of: mapping, answer } = plan
  const { unique } = decision
  const asked = answer && asking(directory, [...attributesFor(directory, mapping, answer), ...mapping.id.fields])
  const isOfLinks = move === undefined && modifying.linked.length > 0
  const guard = isOfLinks ? guardOfLinks(directory, plan, held) : guardOf(directory, plan, held)
  const carrying = yield* carry(directory, mapping, names)
  const dn = move === undefined ? held.dn : dnText(move.to)
  const back = move && backFrom(held, move)
  let written = unchanged
  /** It has the new name, or nobody knows: then whoever points at it keeps both. */
  let isAway = false
  let relocked = false
  try {
    if (move !== undefined) {
      isAway = true
      const refusal = yield* renameForCertain(directory, plan, held.dn, { ...move, to: dn, unique, guard })
      isAway = refusal === undefined
      if (refusal !== undefined) throw refusal
    }
    try {
      // while the entry can still go back, so can those who point at it
      if (move !== undefined) yield* carrying.finish()
      const guarded = move === undefined ? guard : undefined
      relocked = yield* keepingOut(directory, mapping, dn, decision.write.fields, circumstances, function* () {
        written = yield* modify(directory, mapping, dn, { ...modifying, unique, guard: guarded, answer: asked })
        try {
          yield* refuseOutside(directory, mapping, { dn, isRenamed: move !== undefined, ...written }, circumstances)
          yield* setPasswords(dn, passwords)
        } catch (error) {
          yield* unmodify(mapping, dn, written, held)
          throw error
        }
      })
    } catch (error) {
      if (back !== undefined) {
        yield* rename(directory, mapping, dn, { ...back, to: held.dn, unique: [], note: 'undo' })
        isAway = false
      }
      throw error
    }
  } catch (error) {
    if (!isAway) yield* carrying.undo()
    throw error
  }
  if (move === undefined) yield* carrying.finish()
  const self = { source: sourceFor(directory, mapping), dn }
  // whoever was in already was found by whoever renames
  const followed = modifying.linked.filter(({ remove }) => written.changed || remove.length > 0)
  if (directory.shared) yield* follow(directory, self, followed, known, circumstances)
  const isChanged = written.changed || move !== undefined || passwords.length > 0
  if (isChanged) changed(directory, mapping, { dns: [held.dn, dn], isNesting })
  // the server stamps the entry anew with the password, and with a lock
  const read = passwords.length > 0 || relocked ? undefined : written.read
  return yield* answered(
    directory,
    plan,
    read ?? { ...held, dn },
    isChanged,
    decision,
    circumstances,
    read !== undefined,
  )
}

/** References with one value are small, and what they hold is named when it goes. */
const singles = (mapping: ResourceMapping): readonly string[] =>
  mapping.attributes.flatMap((one) =>
    one.kind === 'reference' && one.reference.size === 'one' ? (attributeOfReference(one.reference) ?? []) : [],
  )

/** Those that were read with the record, and whoever else the decision names. */
function* allTargets(
  directory: Directory,
  { write: { links } }: Decision,
  { targets, asked: known }: Omit<Held, 'held'>,
  circumstances: Circumstances,
): Steps<readonly Target[]> {
  const more = links.map(({ reference, add, remove }) => ({
    reference,
    ids: [...add, ...remove].filter((id) => !known.has(id)),
  }))
  const references = more.map(({ reference }) => reference)
  const found = yield* targetsOf(directory, idsOf(more), heldBy(references), circumstances, 'named in the request')
  return [...targets, ...found]
}

function* answered(
  directory: Directory,
  { of: mapping, id, answer }: ChangePlan,
  entry: Entry,
  isChanged: boolean,
  decision: Decision,
  circumstances: Circumstances,
  isRead = false,
): Steps<Outcome> {
  if (answer === undefined || circumstances.dry)
    return { kind: 'written', record: undefined, id, changed: isChanged, decision }
  const asked = asking(directory, [...attributesFor(directory, mapping, answer), ...mapping.id.fields])
  const whole = isRead ? entry : ((yield* entryAt(entry.dn, asked, 'answer')) ?? entry)
  const [record] = yield* recordsOf(directory, mapping, answer, [whole], circumstances)
  return { kind: 'written', record, id: record?.id ?? id, changed: isChanged, decision }
}
