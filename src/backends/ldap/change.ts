import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { ChangePlan, Decision } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import { namesOf } from './carry.ts'
import { changesOf } from './deltas.ts'
import type { Directory } from './directory.ts'
import { sourceFor } from './directory.ts'
import { dnText } from '../../mapping/dn/dn.ts'
import { dnKey } from '../../mapping/dn/dn-key.ts'
import { attributeOf, attributeOfReference, wireValues } from './fields.ts'
import { entryOfRecord } from './entry-of-record.ts'
import { refuseUnfit } from './fitting.ts'
import type { Holder } from './inbound.ts'
import { repoint } from './inbound.ts'
import { shownWith } from './known-ends.ts'
import { isSetByOperation } from './leaves.ts'
import { bearer, bearersOf, checksOf, look, refuseRivals, turnOf, turnsOf } from './look.ts'
import type { LinkChange } from './members.ts'
import { linkChange } from './members.ts'

import type { Change } from './operation.ts'
import { refuseNameTaken } from './name-taken.ts'
import { whoIsNamed } from './names.ts'
import type { Held } from './prior.ts'
import { heldEntry } from './prior.ts'
import type { Circumstances, Steps } from './program.ts'
import { recordsOf } from './read.ts'
import { renamed } from './rename.ts'
import { assignedValues, stateAfter } from './state.ts'
import { heldBy, idsOf, targetsOf } from './targets.ts'
import { withUnseen } from './unseen.ts'
import type { Target } from './targets.ts'
import { answered, unwritten } from './answered.ts'
import type { Writing } from './apply.ts'
import { apply } from './apply.ts'

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
  const [prior] = yield* recordsOf(directory, mapping, plan.prior, [shown], { ...circumstances, isDeciding: true })
  const decided: NativeRecord = assumed ?? prior ?? { id, fields: {}, rows: {}, links: {} }
  const { idOf, ...met } = yield* whoIsNamed(directory, plan.names, asked, decided, circumstances)
  const decision = plan.decide(decided, idOf)
  const { fields, links } = decision.write
  if (fields.length + links.length === 0) {
    if (decision.side !== undefined) yield { kind: 'decided', decision }
    return yield* answered(directory, plan, { ...unwritten, entry: first, decision }, circumstances)
  }
  const { held, record } = yield* withUnseen(directory, plan, first, decided, fields, circumstances)
  refuseUnfit(directory, mapping, fields)
  const known = yield* allTargets(directory, decision, met, circumstances)
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
    return yield* answered(directory, plan, { ...unwritten, entry: held, decision }, circumstances)
  }
  yield { kind: 'decided', decision }
  const stamps = assignedValues(plan.assign, state, circumstances).flatMap(stampOf)
  const modifying =
    move === undefined ? { changes, stamps, linked } : { changes: [...changes, ...stamps], stamps: [], linked }
  yield* repoint(directory, stale, undefined, 'of an earlier bearer of the name')
  const isNesting = links.some(({ only }) => only) || known.some(({ type }) => type === mapping.type.name)
  const writing: Writing = { held: entry, move, names, modifying, passwords, decision, isNesting, known }
  return yield* apply(directory, plan, writing, circumstances)
}

/** Whoever comes last has the last word about a stamp; to exchange it by name would make writers wait for each other. */
const stampOf = ({ slot, value }: SlotValue): readonly Change[] => {
  const attribute = attributeOf(slot)
  return attribute === undefined ? [] : [{ op: 'replace', attribute, values: wireValues(value) }]
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
  const attributes = [...heldBy(references), ...shownWith(directory, references)]
  const found = yield* targetsOf(directory, idsOf(more), attributes, circumstances, 'named in the request')
  return [...targets, ...found]
}
