import type { JsonObject } from '../../base/json.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { fillTemplate } from '../../mapping/decode.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { ChangePlan, UniqueCheck } from '../../plan/plan.ts'
import { success } from './assumed.ts'
import { code } from './codes.ts'
import type { Directory } from './directory.ts'
import type { Dn, Rdn } from '../../mapping/dn/dn.ts'
import { dnText, parentOf, rdnText } from '../../mapping/dn/dn.ts'
import { dnKey } from '../../mapping/dn/dn-key.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import { failed } from './failed.ts'
import { isInvolved } from './guard.ts'
import { attributeOf, wireValues } from './fields.ts'
import type { LdapFilter } from './filter.ts'
import { present } from './filter.ts'
import { idFilter } from './identify.ts'
import { entryAt } from './read.ts'
import { isUncertain } from './uncertain.ts'
import { containerIn, rdnOf } from './naming.ts'
import { nameRefused } from './name-refused.ts'
import { nameTaken } from './name-taken.ts'
import type { Entry, Rename } from './operation.ts'
import type { Steps } from './program.ts'
import { guarded } from './guarded.ts'
import { notUnique } from './not-unique.ts'
import type { Source } from './source.ts'
import { TryAgain } from './try-again.ts'

/** Another name, or another place, for an entry. */
export interface Move {
  readonly rdn: string
  readonly superior: string | undefined
  readonly to: Dn
  /** Slots that the new name itself fills. */
  readonly attributes: ReadonlySet<string>
  /** The same name in another spelling: whoever points at it goes on doing so. */
  readonly isRespelled: boolean
}

/** What a change of attributes means for the name; undefined when it stays. An entry that is named otherwise keeps its name. */
export function renamed(
  { schema }: Directory,
  source: Source,
  held: Entry,
  fields: readonly SlotValue[],
  states: { readonly before: JsonObject; readonly after: JsonObject },
): Move | undefined {
  const { attribute, template } = source.entry.rdn
  const dn = parseDn(held.dn)
  const rdn = dn?.[0]
  const isNamedSo =
    rdn === undefined || (rdn.length === 1 && rdn[0]?.attribute.toLowerCase() === attribute.toLowerCase())
  const was = fillTemplate(template, states.before)
  const isOther = isNamedSo && was !== fillTemplate(template, states.after)
  const container = containerIn(fields)
  const parent = dn === undefined ? source.base : parentOf(dn)
  const isElsewhere = container !== undefined && dnKey(container) !== dnKey(parent)
  if (!isOther && !isElsewhere) return undefined
  const next = isOther || rdn === undefined ? rdnOf(source, states.after, fields) : rdn
  const filled = fields.filter(
    ({ slot, value }) =>
      attributeOf(slot)?.toLowerCase() === attribute.toLowerCase() && wireValues(value)[0] === next[0]?.value,
  )
  const old: Rdn | undefined = rdn ?? (was === undefined ? undefined : [{ attribute, value: was }])
  const named = isOther ? old : next
  return {
    isRespelled: !isElsewhere && named !== undefined && dnKey([named], schema) === dnKey([next], schema),
    rdn: rdnText(next),
    superior: isElsewhere && container !== undefined ? dnText(container) : undefined,
    to: [next, ...(container ?? parent)],
    attributes: new Set(isOther ? filled.map(({ slot }) => slot.key) : []),
  }
}

/** The way back. */
export function backFrom(held: Entry, { superior }: Move): Pick<Move, 'rdn' | 'superior'> | undefined {
  const dn = parseDn(held.dn)
  const rdn = dn?.[0]
  if (dn === undefined || rdn === undefined) return undefined
  return { rdn: rdnText(rdn), superior: superior === undefined ? undefined : dnText(parentOf(dn)) }
}

export interface Renaming extends Pick<Move, 'rdn' | 'superior'> {
  /** The whole new name. */
  readonly to: string
  readonly unique: readonly UniqueCheck[]
  readonly guard?: LdapFilter | undefined
  readonly note?: string
}

/**
 * Answers undefined when the entry has the new name, and why it has not when it certainly has the old one; the answer to
 * a modifyDN may be lost, and then it is sent again, which fails when the first one was done. Throws when nobody knows.
 */
export function* renameForCertain(
  directory: Directory,
  { of: mapping, id }: Pick<ChangePlan, 'of' | 'id'>,
  dn: string,
  renaming: Renaming,
): Steps<unknown> {
  try {
    yield* rename(directory, mapping, dn, renaming)
    return undefined
  } catch (error) {
    if (!isUncertain(error)) return error
    return yield* renameAgain(directory, { of: mapping, id }, dn, renaming)
  }
}

function* renameAgain(
  directory: Directory,
  { of: mapping, id }: Pick<ChangePlan, 'of' | 'id'>,
  dn: string,
  renaming: Renaming,
): Steps<unknown> {
  try {
    yield* rename(directory, mapping, dn, { ...renaming, note: 'once more' })
    return undefined
  } catch (error) {
    const asked = { attributes: ['1.1'], binary: new Set<string>() }
    const itself = idFilter(directory.schema, mapping, id) ?? present('objectClass')
    const there = yield* entryAt(renaming.to, asked, 'was it renamed', itself)
    return there === undefined ? error : undefined
  }
}

/** modifyDN; the id stays, since it is no part of the name. */
export function* rename(
  directory: Directory,
  mapping: ResourceMapping,
  dn: string,
  { rdn, superior, to, unique, guard, note }: Renaming,
): Steps<void> {
  const operation: Rename = { kind: 'rename', dn, rdn, superior, ...(guard !== undefined && { assert: guard }) }
  const result = yield* guarded(directory, operation, { note, assume: success, hasFollowers: isInvolved(mapping) })
  switch (result.code) {
    case code.success:
      return
    case code.assertionFailed:
    case code.noSuchObject:
      // on the way back: the answer to an earlier attempt was lost
      if (note === 'undo') return
      throw new TryAgain(failed(result, operation))
    case code.entryAlreadyExists:
      throw yield* nameTaken(directory, mapping, to)
    default: {
      const clash = yield* notUnique(directory, mapping, unique, { result, operation, self: dn })
      throw clash ?? nameRefused(mapping, result, operation) ?? failed(result, operation)
    }
  }
}
