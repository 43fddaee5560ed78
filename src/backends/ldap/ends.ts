import type { ScimId } from '../../base/brand.ts'
import type { Reference } from '../../mapping/catalog.ts'
import { displayOf } from '../../mapping/display.ts'
import type { Link } from '../../mapping/record.ts'
import { assumedEntry, found, isUnknown } from './assumed.ts'
import type { Directory } from './directory.ts'
import { sourceNamed } from './directory.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import { asking, attributeOf, fieldsOf } from './fields.ts'
import type { LdapFilter, Value } from './filter.ts'
import { allOf, anyOf, equal } from './filter.ts'
import { idOfEntry } from './identify.ts'
import { matchKey } from './matching.ts'
import type { Entry } from './operation.ts'
import { valuesOf } from './operation.ts'
import { visible } from './predicate.ts'
import type { Steps } from './program.ts'
import { searched } from './searched.ts'
import type { Source } from './source.ts'
import { isOf } from './is-of.ts'
import { reaches } from './source.ts'

/** An entry at the end of a reference: how it is shown, and its name, under which others may point at it. */
export interface End {
  readonly link: Link
  readonly entry: Entry
}

/** Values that one search asks for: beyond some 250 alternatives slapd takes more than its share of time for each. */
const atOnce = 200

/**
 * The form in which a value of a reference is told from another: as the server compares the values of the attribute that
 * holds it. To memberUid `Bob` and `bob` are two, whatever uid says (RFC 2307 section 4).
 */
export function keyOfValue({ schema, keyOf }: Directory, { place, to }: Reference, value: Value): string {
  const text = typeof value === 'string' ? value : Buffer.from(value).toString('latin1')
  if (place.kind === 'field' && place.by !== undefined) {
    const rule = schema.attribute(attributeOf(place.slot) ?? '')?.equality ?? schema.attribute(place.by)?.equality
    return (rule === undefined ? undefined : matchKey(rule, value)) ?? text
  }
  return keyOf(text) ?? `${to.length}:${text}`
}

/**
 * The entries that the values of a reference name, by `keyOfValue`: many of them in one search for each type. What lies
 * outside of the mapped entries, or is not there any more, is not among them. `attributes` are read besides.
 */
export function* endsOf(
  directory: Directory,
  reference: Reference,
  values: readonly Value[],
  attributes: readonly (string | undefined)[],
): Steps<ReadonlyMap<string, End>> {
  const ends = new Map<string, End>()
  const distinct = [...new Map(values.map((value) => [keyOfValue(directory, reference, value), value])).values()]
  for (const type of reference.to) {
    const source = sourceNamed(directory, type)
    const tests = distinct.flatMap((value) => testOf(directory, reference, source, value) ?? [])
    for (let from = 0; from < tests.length; from += atOnce) {
      const entries = yield* entriesOf(directory, source, reference, tests.slice(from, from + atOnce), attributes)
      for (const entry of entries) {
        const end = endOf(source, entry)
        if (end === undefined || !isOf(directory, source, entry)) continue
        // explain takes it that every value leads to somebody
        const names = isUnknown(entry.dn) ? distinct : namesOf(reference, entry)
        for (const value of names) ends.set(keyOfValue(directory, reference, value), end)
      }
    }
  }
  return ends
}

const namesOf = ({ place }: Reference, entry: Entry): readonly Value[] =>
  place.kind === 'field' && place.by !== undefined ? valuesOf(entry, place.by) : [entry.dn]

function entriesOf(
  directory: Directory,
  source: Source,
  reference: Reference,
  tests: readonly LdapFilter[],
  attributes: readonly (string | undefined)[],
): Steps<readonly Entry[]> {
  const { mapping, entry } = source
  const { place } = reference
  const asked = asking(directory, [
    ...mapping.id.fields,
    ...displaySlots(source).map(attributeOf),
    ...(place.kind === 'field' ? [place.by] : []),
    ...attributes,
  ])
  const filter = allOf([visible(directory, source), anyOf(tests)])
  return searched(
    { kind: 'search', base: entry.base, scope: entry.scope, filter, ...asked },
    reference.key,
    found(assumedEntry(asked)),
  )
}

/** What an entry at the end of a reference is shown by. */
export const shownBy = (directory: Directory, { to }: Reference): readonly (string | undefined)[] =>
  to.flatMap((type) => displaySlots(sourceNamed(directory, type)).map(attributeOf))

const displaySlots = ({ mapping }: Source) => display(mapping)?.slots ?? []
const display = (mapping: Source['mapping']) => displayOf(mapping, ({ at }) => at.kind === 'field')

export function endOf({ mapping }: Source, entry: Entry): End | undefined {
  const id: ScimId | undefined = idOfEntry(mapping, entry)
  if (id === undefined) return undefined
  const shown = display(mapping)
  const text = shown?.text(fieldsOf(shown.slots, entry))
  return { entry, link: { type: mapping.type.name, id, ...(text === undefined ? {} : { display: text }) } }
}

/** The filter that finds the entry behind one value of a reference, if it can be one of the type at all. */
function testOf(directory: Directory, { place }: Reference, source: Source, value: Value): LdapFilter | undefined {
  if (place.kind === 'field' && place.by !== undefined) return equal(place.by, value)
  if (isUnknown(value)) return named(directory, value)
  const key = typeof value === 'string' ? directory.keyOf(value) : undefined
  return key !== undefined && reaches(source, key) ? named(directory, value) : undefined
}

/** By the name of the entry, where a filter may ask for it, else by its RDN; what it is then told by is the whole DN. */
function named({ abilities }: Directory, value: Value): LdapFilter {
  if (abilities.dnAttribute !== undefined) return equal(abilities.dnAttribute, value)
  const dn = parseDn(typeof value === 'string' ? value : '')
  return allOf((dn?.[0] ?? []).map((part) => equal(part.attribute, part.value)))
}
