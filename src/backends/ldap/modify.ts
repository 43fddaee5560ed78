import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { UniqueCheck } from '../../plan/plan.ts'
import { assumedEntry, found, success } from './assumed.ts'
import { code } from './codes.ts'
import type { Directory } from './directory.ts'
import { emptied } from './emptied.ts'
import { keyOfValue } from './ends.ts'
import { failed } from './failed.ts'
import { guarded } from './guarded.ts'
import { asking } from './fields.ts'
import type { LdapFilter } from './filter.ts'
import { equal } from './filter.ts'
import { mustHave } from './fitting.ts'
import type { LinkChange } from './members.ts'
import { notUnique } from './not-unique.ts'
import type { Change, Entry, Modify, ReadBack, Search } from './operation.ts'
import { valuesOf } from './operation.ts'
import type { Steps } from './program.ts'
import { tried } from './searched.ts'
import { TryAgain } from './try-again.ts'

export interface Modifying {
  readonly changes: readonly Change[]
  /** Written with anything else, and never alone. */
  readonly stamps: readonly Change[]
  readonly linked: readonly LinkChange[]
  /** What nobody else may have of what is written. */
  readonly unique: readonly UniqueCheck[]
  readonly guard: LdapFilter | undefined
  readonly answer: ReadBack | undefined
}

export interface Modified {
  readonly changed: boolean
  /** The entry as it is then, where the server tells. */
  readonly read: Entry | undefined
  /** What was written, in its order. */
  readonly changes: readonly Change[]
}

export const unchanged: Modified = { changed: false, read: undefined, changes: [] }

/**
 * One modify with exactly the differences. Whether a member was in already is not asked before: the server refuses the
 * whole when one value is there that should come, or not there that should go, and only then is asked, about these alone.
 */
export function* modify(directory: Directory, mapping: ResourceMapping, dn: string, what: Modifying): Steps<Modified> {
  const must = mustHave(directory, mapping)
  const demanded = (one: LinkChange): boolean => isLeaving(one) && must.has(one.attribute.toLowerCase())
  const emptying = what.linked.some((one) => one.isEmptying === true && demanded(one))
  const links = ((emptying ? withPlaceholder(mapping, what.linked) : undefined) ?? what.linked).flatMap(changesOfLink)
  const changes = [...what.changes, ...links]
  if (changes.length === 0) return unchanged
  const operation: Modify = {
    kind: 'modify',
    dn,
    changes: [...changes, ...what.stamps],
    ...(what.guard !== undefined && { assert: what.guard }),
    ...(what.answer !== undefined && directory.abilities.postRead && { postRead: what.answer }),
  }
  const assume = { ...success, read: what.answer === undefined ? undefined : assumedEntry(what.answer, dn) }
  const result = yield* guarded(directory, operation, { assume, hasFollowers: links.length > 0 })
  switch (result.code) {
    case code.success:
      return { changed: true, read: result.read, changes: operation.changes }
    case code.assertionFailed:
    case code.noSuchObject:
      // changed, renamed or deleted since it was read
      throw new TryAgain(failed(result, operation))
    case code.noSuchAttribute:
    case code.attributeOrValueExists: {
      const exact = yield* exactly(directory, dn, what.linked)
      if (sizeOf(exact) === sizeOf(what.linked)) throw new TryAgain(failed(result, operation))
      return yield* modify(directory, mapping, dn, { ...what, linked: exact })
    }
    case code.objectClassViolation: {
      const filled = withPlaceholder(mapping, what.linked)
      if (filled !== undefined) return yield* modify(directory, mapping, dn, { ...what, linked: filled })
      const last = what.linked.find(demanded)
      throw last === undefined ? failed(result, operation) : emptied(last.reference, failed(result, operation))
    }
    default: {
      const clash = yield* notUnique(directory, mapping, what.unique, { result, operation, self: dn })
      throw clash ?? failed(result, operation)
    }
  }
}

const changesOfLink = ({ attribute, add, remove, isOnly }: LinkChange): readonly Change[] => [
  ...(remove.length === 0 ? [] : [{ op: 'delete', attribute, values: remove } as const]),
  ...(add.length === 0 ? [] : [{ op: isOnly ? 'replace' : 'add', attribute, values: add } as const]),
]

const sizeOf = (linked: readonly LinkChange[]): number =>
  linked.reduce((sum, { add, remove }) => sum + add.length + remove.length, 0)

/** Without what is there already, and what is not there any more: the server is asked about the named values only. */
function* exactly(directory: Directory, dn: string, linked: readonly LinkChange[]): Steps<readonly LinkChange[]> {
  const exact: LinkChange[] = []
  for (const change of linked) {
    const { reference, attribute, add, remove } = change
    const named = [...add, ...remove]
    if (named.length === 0) continue
    if (change.isOrdered === true) {
      exact.push(change)
      continue
    }
    const search: Search = {
      kind: 'search',
      base: dn,
      scope: 'base',
      filter: { kind: 'present', attribute: 'objectClass' },
      ...asking(directory, [attribute]),
      ...(directory.abilities.valuesReturnFilter && { valuesMatching: named.map((value) => equal(attribute, value)) }),
    }
    const result = yield* tried(search, 'which of these it holds', found())
    if (result.code === code.noSuchObject) throw new TryAgain(failed(result, search))
    if (result.code !== code.success) throw failed(result, search)
    const [entry] = result.entries
    const held = new Set(
      (entry === undefined ? [] : valuesOf(entry, attribute)).map((v) => keyOfValue(directory, reference, v)),
    )
    const isHeld = (value: (typeof add)[number]): boolean => held.has(keyOfValue(directory, reference, value))
    const left = { add: add.filter((value) => !isHeld(value)), remove: remove.filter(isHeld) }
    exact.push({ ...change, ...left, isEmptying: false })
  }
  return exact
}

/** The last member of a group that must have one is replaced by an entry that does not exist, where the mapping says so. */
function withPlaceholder({ entry }: ResourceMapping, linked: readonly LinkChange[]): readonly LinkChange[] | undefined {
  if (entry?.emptyGroup.kind !== 'placeholder') return undefined
  const { dn } = entry.emptyGroup
  if (!linked.some(isLeaving)) return undefined
  return linked.map((one) => (isLeaving(one) ? { ...one, add: [dn] } : one))
}

const isLeaving = ({ add, remove }: LinkChange): boolean => remove.length > 0 && add.length === 0
