import { BridgeError } from '../../base/errors.ts'
import type { ScimId } from '../../base/brand.ts'
import { scimId } from '../../base/brand.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import { idOf } from '../../mapping/id.ts'
import { createByIds } from '../../plan/names.ts'
import type { CreatePlan } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import { attributesOfNew } from './attributes.ts'
import { assumedEntry, success } from './assumed.ts'
import { changed } from './changed.ts'
import { code } from './codes.ts'
import { takeCounters } from './counters.ts'
import type { Directory } from './directory.ts'
import { sourceFor } from './directory.ts'
import type { Dn } from '../../mapping/dn/dn.ts'
import { dnText } from '../../mapping/dn/dn.ts'
import { dnKey } from '../../mapping/dn/dn-key.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import { failed } from './failed.ts'
import { asking, attributeOfReference, attributesFor } from './fields.ts'
import type { Value } from './filter.ts'
import { refuseUnfit, refuseWithoutId } from './fitting.ts'
import { follow } from './follow.ts'
import { idOfEntry } from './identify.ts'
import type { NameOf } from './inbound.ts'
import { repoint } from './inbound.ts'
import { isInside, outsideNow } from './inside.ts'
import { keepingOut } from './keep-out.ts'
import { shownWith } from './known-ends.ts'
import { isSetByOperation } from './leaves.ts'
import { bearersOf, checksOf, look, olderRival, refuseRivals, taken, turnsOf } from './look.ts'
import { nameRefused } from './name-refused.ts'
import { nameTaken, refuseNameTaken } from './name-taken.ts'
import { containerIn, firstContainer, rdnOf } from './naming.ts'
import { valuesOf } from './operation.ts'
import type { Add, AttributeValues, Entry, ReadBack, Result } from './operation.ts'
import { whoIsNamed } from './names.ts'
import { notUnique } from './not-unique.ts'
import { setPasswords } from './passwords.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryAt } from './read.ts'
import { tried } from './searched.ts'
import { assignedValues, stateAfter } from './state.ts'
import { isUncertain } from './uncertain.ts'
import { withdraw } from './withdraw.ts'
import type { Target } from './targets.ts'
import { heldBy, idsOf, targetsOf } from './targets.ts'
import { linkValues } from './members.ts'
import { recordWritten } from './written-links.ts'

/**
 * Looks whether the name is free, takes away what still points at it from an earlier bearer, adds the entry, and looks
 * once more: what somebody else has done in between is found then, and the later of two equal entries is withdrawn.
 */
export function* create(directory: Directory, sent: CreatePlan, circumstances: Circumstances): Steps<Outcome> {
  const { of: mapping } = sent
  const source = sourceFor(directory, mapping)
  if (sent.decision.write.fields.length === 0) return yield* onlyLooked(directory, sent)
  const { plan, targets } = yield* namedBy(directory, sent, circumstances)
  const { decision } = plan
  const { fields, links } = decision.write
  const made = madeId(plan, circumstances)
  const state = stateAfter(mapping, undefined, [...fields, ...(made?.fields ?? [])], made?.id)
  const stored = [...assignedValues(plan.assign, state, circumstances), ...(made?.fields ?? []), ...fields]
  refuseUnfit(directory, mapping, stored)
  refuseWithoutId(mapping, stored)
  const rdn = rdnOf(source, state, stored)
  const dn: Dn = [rdn, ...(containerIn(fields) ?? firstContainer(mapping) ?? source.base)]
  const linked = links.map((delta) => ({ reference: delta.reference, values: linkValues(directory, delta, targets) }))
  const nameOf: NameOf = ({ place }) =>
    place.kind === 'field' && place.by !== undefined ? nameIn(stored, rdn, place.by) : dnText(dn)
  const checks = checksOf(directory, mapping, decision.unique)
  yield { kind: 'lock', names: turnsOf(mapping, checks, [dnKey(dn, directory.schema)]) }

  const looked = yield* look(directory, mapping, checks, nameOf, 'unique, and nobody points at the name')
  refuseRivals(mapping, looked, undefined)
  if (looked.holders.length > 0) yield* refuseNameTaken(directory, mapping, dnText(dn), circumstances)
  yield { kind: 'decided', decision }
  yield* repoint(directory, looked.holders, undefined, 'of an earlier bearer of the name')

  const counted = yield* takeCounters(directory, plan.assign, circumstances)
  const attributes = attributesOfNew(directory, source, rdn, [...counted, ...stored], linked)
  const asked = asking(directory, [...attributesFor(directory, mapping, plan.answer), ...mapping.id.fields])
  const add: Add = {
    kind: 'add',
    dn: dnText(dn),
    attributes,
    ...(directory.abilities.postRead && { postRead: asked }),
  }
  const passwords = fields.filter(({ slot }) => isSetByOperation(mapping, slot))
  const result = yield* adding(directory, add, asked, passwords.length > 0)
  if (result.code !== code.success) throw yield* refusal(directory, plan, add, result, circumstances)
  const entry = result.read ?? (yield* entryAt(add.dn, asked, 'answer'))
  // of an entry that was not written nothing can be asked
  if (entry === undefined || (!circumstances.dry && !(yield* isInside(directory, mapping, entry)))) {
    yield* withdraw(directory, mapping, entry ?? { dn: add.dn, values: new Map() })
    throw outsideNow(mapping)
  }
  try {
    yield* confirmed(directory, plan, checks, nameOf, entry, circumstances)
    const added = linked.map(({ reference, values }) => {
      return { reference, attribute: attributeOfReference(reference) ?? '', add: values, remove: [] }
    })
    if (directory.shared) yield* follow(directory, { source, dn: add.dn }, added, targets, circumstances)
    yield* keepingOut(directory, mapping, add.dn, passwords, circumstances, () => setPasswords(add.dn, passwords))
  } catch (error) {
    // without its password it is half of what was asked for
    if (passwords.length > 0) yield* withdraw(directory, mapping, entry)
    throw error
  }
  changed(directory, mapping, { dns: [add.dn], isNesting: links.length > 0 })
  // the server stamps the entry anew with the password
  const last = passwords.length === 0 ? entry : ((yield* entryAt(add.dn, asked, 'answer')) ?? entry)
  const decided = { decision, known: targets }
  const record = circumstances.dry
    ? undefined
    : yield* recordWritten(directory, mapping, plan.answer, last, decided, circumstances)
  return { kind: 'written', record, id: idOfEntry(mapping, entry) ?? scimId(''), changed: true, decision }
}

/** The plan with those whom it names, and their entries. */
function* namedBy(
  directory: Directory,
  sent: CreatePlan,
  circumstances: Circumstances,
): Steps<{ readonly plan: CreatePlan; readonly targets: readonly Target[] }> {
  const named = sent.decision.write.links.map(({ reference, add }) => ({ reference, ids: add }))
  const references = named.map(({ reference }) => reference)
  yield { kind: 'lock', names: bearersOf(named) }
  const met = yield* targetsOf(
    directory,
    idsOf(named),
    [...heldBy(references), ...shownWith(directory, references)],
    circumstances,
    'named in the request',
  )
  const asked = new Set(named.flatMap(({ ids }) => ids))
  const { idOf, targets } = yield* whoIsNamed(directory, sent.names, { targets: met, asked }, undefined, circumstances)
  return { plan: createByIds(sent, idOf), targets }
}

/**
 * When no answer comes to an add that is only the first of several steps, nobody would take the next one. So it is sent
 * again: a name is given once, whether or not the first one still arrives. Whoever has the name then, and is as it was
 * sent, is it: nobody else had a reason to make the same entry in the same moment.
 */
function* adding(directory: Directory, add: Add, asked: ReadBack, isFirst: boolean): Steps<Result> {
  const assume = { ...success, read: assumedEntry(asked) }
  try {
    return yield* tried(add, undefined, assume)
  } catch (error) {
    if (!isFirst || !isUncertain(error)) throw error
    const again = yield* tried(add, 'once more', assume)
    if (again.code !== code.entryAlreadyExists) return again
    const names = add.attributes.map(({ attribute }) => attribute)
    const entry = yield* entryAt(add.dn, asking(directory, [...asked.attributes, ...names]), 'was it added')
    if (entry === undefined || !add.attributes.every((one) => isHeld(entry, one))) return again
    return { ...success, read: entry }
  }
}

/** The server may have more of it: the superclasses of an object class. */
const isHeld = (entry: Entry, { attribute, values }: AttributeValues): boolean => {
  const held = new Set(valuesOf(entry, attribute).map(textOf))
  return values.every((value) => held.has(textOf(value)))
}

const textOf = (value: Value): string => (typeof value === 'string' ? value : Buffer.from(value).toString('utf8'))

/** A create without anything to write is a question: whether a value is free, asked in turn with whoever writes it. */
function* onlyLooked(directory: Directory, { of: mapping, decision }: CreatePlan): Steps<never> {
  const checks = checksOf(directory, mapping, decision.unique)
  yield { kind: 'lock', names: turnsOf(mapping, checks, []) }
  refuseRivals(mapping, yield* look(directory, mapping, checks, undefined, 'unique'), undefined)
  yield { kind: 'decided', decision }
  throw new BridgeError('internal', 'there is nothing to create')
}

/** An id that the bridge itself makes. */
function madeId(
  { of: { id: rule } }: CreatePlan,
  circumstances: Circumstances,
): { readonly id: ScimId; readonly fields: readonly SlotValue[] } | undefined {
  const [field] = rule.fields
  if (rule.generate === undefined || field === undefined) return undefined
  const value = circumstances.generate(rule.generate)
  const slot = { key: field, many: false, at: { kind: 'field', table: undefined, field } } as const
  return { id: idOf(rule, [value]), fields: [{ slot, value }] }
}

const nameIn = (stored: readonly SlotValue[], rdn: ReturnType<typeof rdnOf>, attribute: string) => {
  const wanted = attribute.toLowerCase()
  const own = stored.find(({ slot }) => slot.at.kind === 'field' && slot.at.field.toLowerCase() === wanted)?.value
  return typeof own === 'string' ? own : rdn.find((part) => part.attribute.toLowerCase() === wanted)?.value
}

/** After the add: what came to be at the same time. */
function* confirmed(
  directory: Directory,
  { of: mapping }: CreatePlan,
  checks: ReturnType<typeof checksOf>,
  nameOf: NameOf,
  entry: Entry,
  circumstances: Circumstances,
): Steps<void> {
  const again = yield* look(directory, mapping, checks, nameOf, 'and still so')
  if (circumstances.assumed !== undefined || circumstances.dry) return
  const older = olderRival(mapping, again, entry)
  if (older !== undefined) {
    yield* withdraw(directory, mapping, entry)
    throw taken(mapping, older)
  }
  const own = parseDn(entry.dn)
  const others = again.holders.filter(({ dn }) => own === undefined || dn !== entry.dn)
  yield* repoint(directory, others, undefined, 'of an earlier bearer of the name')
}

/** Why an add was refused: by whom the name is held, and whether that is one of ours. */
function* refusal(
  directory: Directory,
  { of: mapping, decision }: CreatePlan,
  add: Add,
  result: Result,
  circumstances: Circumstances,
): Steps<BridgeError> {
  // by an entry of that name that only says where to go, or by a server that takes no writes
  if (result.code === code.referral) yield* refuseNameTaken(directory, mapping, add.dn, circumstances)
  if (result.code === code.entryAlreadyExists) return yield* nameTaken(directory, mapping, add.dn)
  const clash = yield* notUnique(directory, mapping, decision.unique, { result, operation: add })
  return clash ?? nameRefused(mapping, result, add) ?? failed(result, add)
}
