import { BridgeError } from '../../base/errors.ts'
import type { Reference } from '../../mapping/catalog.ts'
import type { LinkDelta } from '../../plan/plan.ts'
import { isUnknown } from './assumed.ts'
import type { Directory } from './directory.ts'
import { endsOf, keyOfValue } from './ends.ts'
import { asking, attributeOfReference } from './fields.ts'
import type { Value } from './filter.ts'
import { leavingSlots, refuseLeaving } from './leaving.ts'
import type { Entry } from './operation.ts'
import { valuesOf } from './operation.ts'
import type { Steps } from './program.ts'
import { entryAt } from './read.ts'
import { fits } from './syntax.ts'
import type { Target } from './targets.ts'
import { valueOfTarget } from './targets.ts'

/** Values that go into and out of one attribute: just what was asked for, and nothing that is not known to differ. */
export interface LinkChange {
  readonly reference: Reference
  readonly attribute: string
  readonly add: readonly Value[]
  readonly remove: readonly Value[]
  /** What comes is all that there is: of a reference with one value that held none. */
  readonly isOnly: boolean
  /** Nothing is left in it. */
  readonly isEmptying?: boolean
  /** Some go only to come again behind others: all of it is done as it is, or nothing. */
  readonly isOrdered?: boolean
}

/** The values that a reference holds for the ids that are to be in it. */
export function linkValues(
  directory: Directory,
  { reference, add }: LinkDelta,
  targets: readonly Target[],
): readonly Value[] {
  const type = directory.schema.attribute(attributeOfReference(reference) ?? '')
  const values = add.flatMap((id) => {
    const target = targetIn(reference, targets, id)
    if (target === undefined && reference.onUnknown === 'refuse')
      throw new BridgeError(
        'invalidValue',
        `${reference.of.name}: there is no ${reference.to.join(' or ')} with the id "${id}"`,
      )
    const value = target && valueOfTarget(reference, target)
    if (value !== undefined && type !== undefined && !isUnknown(value) && !fits(type.syntax, value, directory.schema))
      throw new BridgeError(
        'invalidValue',
        `${reference.of.name}: the directory cannot hold the name of the ${target?.type ?? ''} with the id "${id}"`,
      )
    return value ?? []
  })
  const distinct = distinctValues(directory, reference, values)
  return reference.size === 'one' ? distinct.slice(-1) : distinct
}

const targetIn = (reference: Reference, targets: readonly Target[], id: string): Target | undefined =>
  targets.find((target) => target.id === id && reference.to.includes(target.type))

const distinctValues = (directory: Directory, reference: Reference, values: readonly Value[]): readonly Value[] => [
  ...new Map(values.map((value) => [keyOfValue(directory, reference, value), value])).values(),
]

/** What a delta comes to. A list is read only when it is to hold nothing else than what is named. */
export function* linkChange(
  directory: Directory,
  delta: LinkDelta,
  held: Entry,
  targets: readonly Target[],
): Steps<LinkChange> {
  const { reference } = delta
  const attribute = attributeOfReference(reference)
  if (attribute === undefined || reference.place.kind === 'reverse')
    throw new BridgeError('mutability', `${reference.of.name} is read-only`)
  const keyOf = (value: Value): string => keyOfValue(directory, reference, value)
  const wanted = linkValues(directory, delta, targets)
  const wantedKeys = new Set(wanted.map(keyOf))
  const leaving = delta.remove.flatMap((id) => targetIn(reference, targets, id) ?? [])
  refuseLeaving(
    directory,
    reference,
    leaving.map(({ entry }) => entry),
  )
  const named = leaving
    .flatMap((target) => valueOfTarget(reference, target) ?? [])
    .filter((v) => !wantedKeys.has(keyOf(v)))
  if (reference.size === 'one') {
    const [shown, ...others] = yield* seenOf(directory, reference, attribute, held)
    if (shown === undefined)
      return { reference, attribute, add: wanted, remove: [], isOnly: valuesOf(held, attribute).length === 0 }
    if (wantedKeys.has(keyOf(shown))) return { reference, attribute, add: [], remove: [], isOnly: false }
    const goes = delta.only || wanted.length > 0 || named.some((value) => keyOf(value) === keyOf(shown))
    if (wanted.length === 0 || others.length === 0)
      return { reference, attribute, add: wanted, remove: goes ? [shown] : [], isOnly: false }
    // the others would be shown before what comes last, so they go and come again behind it
    const behind = others.filter((value) => !wantedKeys.has(keyOf(value)))
    const add = [...wanted, ...behind]
    return { reference, attribute, add, remove: [shown, ...others], isOnly: false, isOrdered: true }
  }
  if (!delta.only) return { reference, attribute, add: wanted, remove: named, isOnly: false }
  const current = yield* currentValues(directory, attribute, held)
  const ends = yield* endsOf(directory, reference, current, leavingSlots(directory, reference))
  const heldKeys = new Set(current.map(keyOf))
  // what no client can see is not this client's to remove
  const remove = current.filter((value) => ends.has(keyOf(value)) && !wantedKeys.has(keyOf(value)))
  refuseLeaving(
    directory,
    reference,
    remove.flatMap((value) => ends.get(keyOf(value))?.entry ?? []),
  )
  const add = wanted.filter((value) => !heldKeys.has(keyOf(value)))
  const isEmptying = add.length === 0 && remove.length === current.length
  return { reference, attribute, add, remove, isOnly: false, isEmptying }
}

/** Of a reference with one value those that a client could see: the first one that leads to a resource is shown. */
function* seenOf(directory: Directory, reference: Reference, attribute: string, held: Entry): Steps<readonly Value[]> {
  const values = valuesOf(held, attribute)
  if (values.length < 2) return values
  const ends = yield* endsOf(directory, reference, values, [])
  return values.filter((value) => ends.has(keyOfValue(directory, reference, value)))
}

function* currentValues(directory: Directory, attribute: string, held: Entry): Steps<readonly Value[]> {
  const entry = yield* entryAt(held.dn, asking(directory, [attribute]), 'everybody who is in it')
  return entry === undefined ? [] : valuesOf(entry, attribute)
}
