import type { ResourceMapping } from '../../mapping/catalog.ts'
import { suggest } from '../../mapping/suggest.ts'
import type { Directory } from './directory.ts'
import { attributeOf, attributeOfReference } from './fields.ts'
import { mustHave } from './fitting.ts'
import { isSetByOperation, leavesOf, nameAt } from './leaves.ts'
import type { Slot } from '../../mapping/slot.ts'

/** What the directory as it is says to a mapping. An error keeps the bridge from starting. */
export interface Finding {
  readonly severity: 'error' | 'advice'
  readonly message: string
}

const error = (message: string): Finding => ({ severity: 'error', message })
const advice = (message: string): Finding => ({ severity: 'advice', message })

/** Holds the mapping against the schema: what is not there, what an entry must have, what holds one value only. */
export const checkLive = (directory: Directory, isProtected: boolean): readonly Finding[] =>
  directory.catalog.types.flatMap((mapping) => [
    ...checkNames(directory, mapping),
    ...checkMust(directory, mapping),
    ...checkValues(directory, mapping),
    ...checkPasswords(directory, mapping, isProtected),
  ])

const at = ({ type }: ResourceMapping): string => `resources.${type.name}`

/** Every attribute that a mapping names, each once. */
export function attributesNamed(mapping: ResourceMapping): readonly string[] {
  const slots: readonly Slot[] = [
    ...leavesOf(mapping).flatMap(({ carrier, copies }) => [
      ...(carrier.kind === 'all' ? carrier.parts.map(({ slot }) => slot) : 'slot' in carrier ? [carrier.slot] : []),
      ...copies.map(({ slot }) => slot),
    ]),
    ...mapping.derived.map(({ slot }) => slot),
    ...[...mapping.set.create, ...mapping.set.write].map(({ slot }) => slot),
    ...(mapping.onDelete.kind === 'set' ? mapping.onDelete.set.map(({ slot }) => slot) : []),
    ...(mapping.version.kind === 'slot' ? [mapping.version.slot] : []),
  ]
  const references = mapping.attributes.flatMap((one) => (one.kind === 'reference' ? [one.reference] : []))
  const names = [
    ...slots.map(attributeOf),
    ...references.map(attributeOfReference),
    ...references.flatMap(({ place }) => (place.kind === 'field' ? [place.by] : [])),
    ...mapping.id.fields,
    mapping.entry?.rdn.attribute,
  ]
  return [...new Map(names.flatMap((name) => (name === undefined ? [] : [[name.toLowerCase(), name]]))).values()]
}

function checkNames({ schema }: Directory, mapping: ResourceMapping): readonly Finding[] {
  const hint = (name: string, known: readonly string[]): string => {
    const found = suggest(name, known)
    return found === undefined ? '' : `; ${found}`
  }
  return [
    ...attributesNamed(mapping).flatMap((name) =>
      schema.attribute(name) === undefined
        ? [error(`${at(mapping)}: the directory knows no attribute ${name}${hint(name, schema.attributeNames)}`)]
        : [],
    ),
    ...(mapping.entry?.objectClasses ?? []).flatMap((name) =>
      schema.objectClass(name) === undefined
        ? [error(`${at(mapping)}: the directory knows no object class ${name}${hint(name, schema.objectClassNames)}`)]
        : [],
    ),
  ]
}

/** A create that lacks what the object class demands could never succeed. */
function checkMust(directory: Directory, mapping: ResourceMapping): readonly Finding[] {
  if (!mapping.allow.has('create')) return []
  const given = new Set(
    [
      'objectClass',
      mapping.entry?.rdn.attribute,
      ...[...mapping.set.create, ...mapping.set.write].map(({ slot }) => attributeOf(slot)),
      ...mapping.derived.map(({ slot }) => attributeOf(slot)),
      ...leavesOf(mapping).flatMap(({ carrier, onCreate, ref, copies }) =>
        'slot' in carrier && (onCreate !== undefined || ref.attribute.required || ref.sub?.required === true)
          ? [carrier.slot, ...copies.map(({ slot }) => slot)].map(attributeOf)
          : [],
      ),
      ...(mapping.id.generate === undefined ? [] : mapping.id.fields),
      ...mapping.attributes.flatMap((one) =>
        one.kind === 'reference' && one.reference.size !== 'one' ? attributeOfReference(one.reference) : [],
      ),
    ].map((name) => name?.toLowerCase()),
  )
  const { schema } = directory
  const sameAs = (name: string): readonly string[] =>
    schema.attribute(name)?.names.map((one) => one.toLowerCase()) ?? [name.toLowerCase()]
  return [...mustHave(directory, mapping)]
    .filter((name) => !sameAs(name).some((one) => given.has(one)))
    .map((name) =>
      error(
        `${at(mapping)}: ${mapping.entry?.objectClasses.join(', ') ?? ''} demands ${name}, and nothing gives it to a new entry; say a default of what is mapped to it, or entry.set.create`,
      ),
    )
}

function checkValues({ schema }: Directory, mapping: ResourceMapping): readonly Finding[] {
  const slots = leavesOf(mapping).flatMap(({ carrier, access }) =>
    'slot' in carrier ? [{ slot: carrier.slot, access }] : [],
  )
  return slots.flatMap(({ slot, access }) => {
    const type = schema.attribute(attributeOf(slot) ?? '')
    if (type === undefined) return []
    return [
      ...(type.singleValue && slot.many
        ? [error(`${at(mapping)}: ${slot.key} holds one value, and many: true promises several`)]
        : []),
      ...(type.isReadOnly && access !== 'readOnly'
        ? [error(`${at(mapping)}: the directory alone writes ${slot.key}; say access: readOnly`)]
        : []),
    ]
  })
}

function checkPasswords({ abilities }: Directory, mapping: ResourceMapping, isProtected: boolean): readonly Finding[] {
  const passwords = leavesOf(mapping).flatMap(({ carrier, ref }) =>
    carrier.kind === 'slot' && (ref.attribute.name === 'password' || carrier.codec.name.startsWith('password'))
      ? [carrier.slot]
      : [],
  )
  return passwords.flatMap((slot) => [
    ...(isProtected
      ? []
      : [
          error(
            `${at(mapping)}: ${nameAt(mapping, slot)} would go to the directory in clear; use ldaps:// or startTls, or leave it out`,
          ),
        ]),
    ...(isSetByOperation(mapping, slot) && !abilities.passwordModify
      ? [error(`${at(mapping)}: the directory has no Password Modify operation; name a hash instead`)]
      : []),
  ])
}

export { advice, error }
