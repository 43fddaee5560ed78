import type { AttributeRef } from '../scim/schema.ts'
import type { AttributeMapping, Reference, ReferencePlace } from './catalog.ts'
import { compileMatch } from './compile-match.ts'
import { isDirectory } from './compile-native.ts'
import { identifier } from './compile-scope.ts'
import type { TypeScope } from './compile-scope.ts'
import { compileSlot } from './compile-slot.ts'
import { compileThrough } from './compile-through.ts'
import { checkOnWrite, defaultAccess } from './compile-leaf.ts'
import type { Entry } from './entry.ts'
import { mappingPath } from './mapping-path.ts'
import { schemaBy } from './schema-table.ts'
import type { Slot } from './slot.ts'
import { suggest } from './suggest.ts'

/** `members`, `manager`, `groups`. References to types and reverse sides are looked up in the file, so order is free. */
export function compileReference(scope: TypeScope, entry: Entry, ref: AttributeRef): AttributeMapping | undefined {
  const { block, at } = entry
  if (entry.fixed !== undefined || (entry.ref.sub !== undefined && entry.ref.sub.name !== 'value')) {
    scope.report.error(at, `map ${ref.name} as a whole: a reference has no slots for its parts`)
    return undefined
  }
  const place = block.reverse === undefined ? storedPlace(scope, entry, ref) : reversePlace(scope, entry, ref)
  if (place === undefined) return undefined
  const to = place.kind === 'reverse' ? [place.of.slice(0, place.of.indexOf('.'))] : targetsOf(scope, entry)
  const access = place.kind === 'reverse' ? 'readOnly' : (block.access ?? defaultAccess(ref.attribute))
  if (place.kind === 'reverse' && block.access !== undefined && block.access !== 'readOnly')
    scope.report.error([...at, 'access'], 'the reverse side of a reference is readOnly')
  checkOnWrite(scope, block, at, access)
  if (!ref.attribute.multiValued && block.size !== undefined)
    scope.report.error([...at, 'size'], `${ref.name} has one value`)
  const reference: Reference = {
    key: `${scope.typeName}.${ref.name}`,
    of: ref,
    to,
    place,
    size: ref.attribute.multiValued ? (block.size ?? 'small') : 'one',
    match: compileMatch(scope, entry, ref),
    onUnknown: block.onUnknown ?? 'refuse',
    aside: asideOf(scope, entry, ref),
    access,
  }
  return { kind: 'reference', of: ref, reference }
}

/** Of a list it would have to be told which of the names a later change means. */
function asideOf(scope: TypeScope, { block, at }: Entry, ref: AttributeRef): Slot | undefined {
  if (block.onUnknown !== 'keep') return undefined
  const path = [...at, 'onUnknown']
  if (block.reverse !== undefined) scope.report.error(path, 'keep belongs to a reference that is written')
  else if (ref.attribute.multiValued)
    scope.report.error(path, `${ref.name} has many values, and one is kept`, 'onUnknown: refuse or ignore')
  return { key: `kept:${scope.typeName}.${ref.name}`, many: false, at: { kind: 'side' } }
}

function targetsOf(scope: TypeScope, entry: Entry): readonly string[] {
  const { reference } = entry.block
  const known = Object.keys(scope.file.resources)
  const said = reference === undefined ? [] : typeof reference === 'string' ? [reference] : reference
  if (said.length === 0) scope.report.error(entry.at, 'a reference says what it points at', 'reference: User')
  for (const name of said)
    if (!known.includes(name))
      scope.report.error(
        [...entry.at, 'reference'],
        `there is no resource type "${name}" in this file`,
        suggest(name, known),
      )
  return [...new Set(said)]
}

function storedPlace(scope: TypeScope, entry: Entry, ref: AttributeRef): ReferencePlace | undefined {
  const { block, at } = entry
  const ways = (['slot', 'through', 'foreignKey'] as const).filter((way) => block[way] !== undefined)
  if (ways.length !== 1) {
    scope.report.error(
      at,
      ways.length === 0 ? `nothing says where ${ref.name} is kept` : `${ways.join(' and ')}: one of them`,
      isDirectory(scope) ? 'slot or reverse' : 'slot, through, foreignKey or reverse',
    )
    return undefined
  }
  if (block.by !== undefined && block.slot === undefined) scope.report.error([...at, 'by'], 'by belongs to slot')
  if (block.foreignKey !== undefined)
    return { kind: 'onTarget', field: identifier(scope, block.foreignKey, [...at, 'foreignKey']) }
  if (block.through !== undefined) return compileThrough(scope, entry, targetsOf(scope, entry))
  // a list of DNs is what a member attribute holds by its nature
  const many = isDirectory(scope) && ref.attribute.multiValued ? true : block.many
  const slot = compileSlot(scope, { slot: block.slot, many, list: block.list }, at, ref, false)
  if (slot === undefined) return undefined
  if (ref.attribute.multiValued && !slot.many && scope.file.backend.kind === 'sql')
    scope.report.error(
      at,
      `one column cannot hold several ${ref.name}`,
      'say through: a join table, or foreignKey: a column on the target',
    )
  return { kind: 'field', slot, by: block.by === undefined ? undefined : identifier(scope, block.by, [...at, 'by']) }
}

/** `reverse: Group.members`; the other side must be stored and must be able to point here. */
function reversePlace(scope: TypeScope, entry: Entry, ref: AttributeRef): ReferencePlace | undefined {
  const { block, at } = entry
  const path = [...at, 'reverse']
  const kept = isDirectory(scope) ? keptByServer(scope, entry, ref) : undefined
  for (const word of ['slot', 'through', 'foreignKey', 'reference'] as const)
    if (block[word] !== undefined && (word !== 'slot' || !isDirectory(scope)))
      scope.report.error([...at, word], `${word} is said on the other side`)
  const said = block.reverse ?? ''
  const dot = said.indexOf('.')
  const typeName = said.slice(0, Math.max(0, dot))
  const resource = Object.hasOwn(scope.file.resources, typeName) ? scope.file.resources[typeName] : undefined
  if (resource === undefined) {
    scope.report.error(
      path,
      `reverse: "${said}" names no resource type of this file`,
      suggest(typeName, Object.keys(scope.file.resources)) ?? 'reverse: Group.members',
    )
    return undefined
  }
  const base = schemaBy(scope.schemas, resource.schema ?? typeName)
  if (base === undefined) return undefined
  const paths = { ...scope.paths, base }
  const wanted = mappingPath(said.slice(dot + 1), paths)
  const found = Object.entries(resource.attributes).find(([text]) => {
    const target = mappingPath(text, paths)
    return 'ref' in target && 'ref' in wanted && target.ref.name === wanted.ref.name
  })
  const other = found?.[1]
  if (found === undefined || !('ref' in wanted) || typeof other !== 'object' || other.reference === undefined) {
    scope.report.error(path, `${said} is no reference of this file`, suggest(said, referencesOf(scope)))
    return undefined
  }
  const to = other.reference
  const types: readonly unknown[] = Array.isArray(to) ? to : [to]
  if (!types.includes(scope.typeName))
    scope.report.error(path, `${said} never points at a ${scope.typeName}`, `add ${scope.typeName} to its reference`)
  return { kind: 'reverse', of: `${typeName}.${wanted.ref.name}`, nested: block.nested === true, slot: kept }
}

/** `memberOf`: where the server itself keeps the reverse side. */
const keptByServer = (scope: TypeScope, { block, at }: Entry, ref: AttributeRef) =>
  block.slot === undefined ? undefined : compileSlot(scope, { slot: block.slot, many: true }, at, ref, false)

const referencesOf = (scope: TypeScope): readonly string[] =>
  Object.entries(scope.file.resources).flatMap(([type, { attributes }]) =>
    Object.entries(attributes).flatMap(([path, said]) =>
      typeof said === 'object' && said.reference !== undefined ? [`${type}.${path}`] : [],
    ),
  )
