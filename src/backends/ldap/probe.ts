import { code } from './codes.ts'
import { below } from './container-test.ts'
import type { Directory } from './directory.ts'
import { failed } from './failed.ts'
import { attributeOfReference, storedSide } from './fields.ts'
import type { LdapFilter } from './filter.ts'
import { allOf, anyOf, equal, not, present } from './filter.ts'
import { advice, attributesNamed, error } from './live-checks.ts'
import type { Finding } from './live-checks.ts'
import { opening } from './live.ts'
import { isWriteOnly, leavesOf } from './leaves.ts'
import type { Result, Search } from './operation.ts'
import { valuesOf } from './operation.ts'
import { attributeOf } from './fields.ts'
import type { Source } from './source.ts'
import type { Wire } from './wire/wire.ts'

/** What only the entries themselves can tell: whether the bases are there, and what the account may search. */
export async function probe(directory: Directory, wire: Wire): Promise<readonly Finding[]> {
  const all = await Promise.all(
    [...directory.sources.values()].map(async (source) => {
      const base = await probeBase(wire, source)
      if (base.length > 0) return base
      return [...(await probeSearching(wire, source)), ...(await probeReverse(directory, wire, source))]
    }),
  )
  return all.flat()
}

/** The base, if the account may search there. */
export async function reachable(wire: Wire, base: string | undefined): Promise<string | undefined> {
  if (base === undefined) return undefined
  return found(await ask(wire, searching(base, 'base', any))) ? base : undefined
}

/** Whether the server can select by what an entry lies below, where a mapping wants to know it. */
export async function selectsBelow(wire: Wire, { sources }: Directory): Promise<boolean> {
  const source = [...sources.values()].find(({ mapping }) =>
    leavesOf(mapping).some(({ carrier }) => carrier.kind === 'slot' && carrier.slot.at.kind === 'container'),
  )
  if (source === undefined) return false
  const { base } = source.entry
  return found(await ask(wire, searching(base, 'base', anyOf([below(base), not(below(base))]))))
}

const at = ({ mapping }: Source): string => `resources.${mapping.type.name}`
const any = present('objectClass')
const ask = (wire: Wire, search: Search): Promise<Result> =>
  wire.execute(search, { signal: AbortSignal.timeout(opening) })
const searching = (base: string, scope: Search['scope'], filter: LdapFilter, attributes = ['1.1']): Search => ({
  kind: 'search',
  base,
  scope,
  filter,
  attributes,
  binary: new Set(),
  sizeLimit: 1,
})

async function probeBase(wire: Wire, source: Source): Promise<readonly Finding[]> {
  const search = searching(source.entry.base, 'base', any)
  const result = await ask(wire, search)
  if (result.code === code.noSuchObject || (result.code === code.success && result.entries.length === 0))
    return [
      error(`${at(source)}.entry.base: ${source.entry.base} is not there, or the bridge's account may not see it`),
    ]
  if (result.code !== code.success) throw failed(result, search)
  return []
}

/**
 * A filter on an attribute that the account may not search is Undefined, and so is its negation: either of the two is
 * true of every entry otherwise. An empty base is asked itself, since there is nothing else to ask.
 */
async function probeSearching(wire: Wire, source: Source): Promise<readonly Finding[]> {
  const { base, scope } = source.entry
  const hidden = new Set(
    leavesOf(source.mapping).flatMap(({ carrier }) =>
      'slot' in carrier && isWriteOnly(source.mapping, carrier.slot) ? [attributeOf(carrier.slot)?.toLowerCase()] : [],
    ),
  )
  const names = attributesNamed(source.mapping).filter((name) => !hidden.has(name.toLowerCase()))
  const isEmpty = !found(await ask(wire, searching(base, scope, source.filter)))
  const place = isEmpty ? searching(base, 'base', any) : searching(base, scope, source.filter)
  const answers = await Promise.all(
    names.map(async (name) => {
      const either = anyOf([present(name), not(present(name))])
      return found(await ask(wire, { ...place, filter: allOf([place.filter, either]) })) ? [] : [name]
    }),
  )
  return answers
    .flat()
    .map((name) =>
      error(
        `${at(source)}: the bridge's account may not search by ${name}, so no filter on it could be answered; give it search access to ${name}`,
      ),
    )
}

const found = ({ code: said, entries }: Result): boolean => entries.length > 0 || said === code.sizeLimitExceeded

/** A server that keeps memberships on both sides keeps them alike; entries that were loaded past it may lack them. */
async function probeReverse(directory: Directory, wire: Wire, source: Source): Promise<readonly Finding[]> {
  const findings = source.mapping.attributes.map(async (one): Promise<readonly Finding[]> => {
    if (one.kind !== 'reference' || one.reference.place.kind !== 'reverse') return []
    const kept = attributeOfReference(one.reference)
    const stored = storedSide(directory.catalog, one.reference)
    const attribute = stored && attributeOfReference(stored)
    const owner = directory.sources.get(one.reference.to[0] ?? '')
    if (kept === undefined || attribute === undefined || owner === undefined) return []
    const { base, scope } = source.entry
    const [person] = (await ask(wire, searching(base, scope, allOf([source.filter, present(kept)]), [kept]))).entries
    const groups = await ask(
      wire,
      searching(owner.entry.base, owner.entry.scope, allOf([owner.filter, present(attribute)])),
    )
    if (person === undefined && found(groups)) {
      const isAnybody = await isHeld(wire, source, owner, attribute)
      return isAnybody
        ? [
            error(
              `${at(source)}: ${one.of.name}: nobody has ${kept}, although groups have members; leave slot out, and the groups are searched`,
            ),
          ]
        : []
    }
    const [group] = person === undefined ? [] : valuesOf(person, kept)
    if (person === undefined || typeof group !== 'string') return []
    const back = await ask(wire, searching(group, 'base', equal(attribute, person.dn)))
    return back.code === code.success && back.entries.length === 0
      ? [
          advice(
            `${at(source)}: ${one.of.name}: ${kept} does not follow ${attribute} everywhere: ${person.dn} names ${group}, which does not hold it`,
          ),
        ]
      : []
  })
  return (await Promise.all(findings)).flat()
}

/** Is any of the first few people in any group at all? */
async function isHeld(wire: Wire, source: Source, owner: Source, attribute: string): Promise<boolean> {
  const { base, scope } = source.entry
  const some = await ask(wire, { ...searching(base, scope, source.filter), sizeLimit: 100 })
  if (some.entries.length === 0) return false
  const held = anyOf(some.entries.map(({ dn }) => equal(attribute, dn)))
  return found(await ask(wire, searching(owner.entry.base, owner.entry.scope, allOf([owner.filter, held]))))
}
