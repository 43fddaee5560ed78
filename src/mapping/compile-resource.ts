import { attributeNamed } from '../scim/attribute-named.ts'
import { commonAttributes } from '../scim/schemas/common.ts'
import { attributeRef, leafOf } from '../scim/schema.ts'
import type { AttributeRef, ResourceType, Schema } from '../scim/schema.ts'
import type { ResourceMapping, VersionRule } from './catalog.ts'
import { compileAttributes } from './compile-attributes.ts'
import { compileDerived } from './compile-derived.ts'
import { compileProtect } from './compile-protect.ts'
import { checkDirectory } from './check-directory.ts'
import { compileEntry } from './compile-entry.ts'
import { isDirectory } from './compile-native.ts'
import type { CompileScope, TypeScope } from './compile-scope.ts'
import { assignments, compileDelete, compileId, compileTable, writeAssignments } from './compile-table.ts'
import { fieldPlace } from './compile-slot.ts'
import { carriedSubs, readEntries } from './entry.ts'
import type { Entry } from './entry.ts'
import type { ResourceFile } from './file.ts'
import { givenIds } from './given-id.ts'
import type { FilePath } from './load.ts'
import { mappingPath } from './mapping-path.ts'
import { inType, pruneType } from './prune.ts'
import { schemaBy, suggestSchema } from './schema-table.ts'

const everything = ['read', 'create', 'update', 'delete', 'members'] as const

/** One resource type of the file. `inbound` is filled in when all types are known. */
export function compileResource(outer: CompileScope, name: string, said: ResourceFile): ResourceMapping | undefined {
  const at: FilePath = ['resources', name]
  const { report } = outer
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) report.error(at, `"${name}" is no name for a resource type`)
  const base = schemaBy(outer.schemas, said.schema ?? name)
  if (base === undefined) {
    report.error(
      said.schema === undefined ? at : [...at, 'schema'],
      `no schema for ${name}`,
      suggestSchema(outer.schemas, said.schema ?? name) ?? 'schema: a short name or URN from schemas',
    )
    return undefined
  }
  const scope: TypeScope = {
    ...outer,
    typeName: name,
    at,
    table: isDirectory(outer) ? undefined : said.table,
    spellings: new Map(),
    paths: { base, common: commonAttributes, schemas: outer.schemas },
  }
  checkDirectory(outer, name, said)
  const table = compileTable(scope, scope.table)
  const entries = readEntries(scope, said.attributes).map((entry) => withFixedName(scope, entry))
  const version = versionRule(scope, said.version)
  const id = compileId(scope, said.id, table)
  const unique = distinct([...uniqueRefs(scope, said.unique, base, entries), ...givenIds(scope, id, entries)])
  const type = pruneType({
    name,
    endpoint: `/${(said.endpoint ?? `${name}s`).replace(/^\//, '')}`,
    description: said.description ?? base.description,
    base,
    common: commonAttributes,
    extensions: extensions(scope, said.extensions, base, entries),
    entries,
    unique: new Set(unique.map((ref) => ref.name)),
    hasVersion: version.kind !== 'none',
  })
  checkRequired(scope, base, said, entries)
  if (said.because !== undefined && said.allow === undefined)
    report.error([...at, 'because'], 'because is the reason of allow', 'allow: [read, …]')
  const attributes = compileAttributes(scope, entries, type)
  return {
    type,
    table,
    entry: compileEntry(scope, said.entry, attributes),
    id,
    version,
    attributes,
    set: setOf(scope, said),
    derived: compileDerived(scope, said.derived, attributes),
    unique: unique.flatMap((ref) => relinked(type, ref)),
    onDelete: compileDelete(scope, said.onDelete),
    allow: new Set(said.allow ?? everything),
    because: said.because,
    protect: compileProtect(scope, said.protect),
    inbound: [],
  }
}

/**
 * Provisioning clients send userName with every update and stop the whole job on a 400, so a login that the legacy
 * system cannot rename is discarded under every profile but the strict one, unless the file says otherwise.
 */
function withFixedName({ file }: TypeScope, entry: Entry): Entry {
  const { ref, block } = entry
  if (ref.name !== 'userName' || block.onWrite !== undefined || file.profile === 'strict') return entry
  const access = block.access ?? ref.attribute.mutability
  return access === 'immutable' || access === 'createOnly'
    ? { ...entry, block: { ...block, onWrite: 'discard' } }
    : entry
}

function versionRule(scope: TypeScope, said: ResourceFile['version']): VersionRule {
  if (said === undefined || said === 'digest') return { kind: 'digest' }
  if (said === 'none') return { kind: 'none' }
  const place = fieldPlace(scope, said.slot, [...scope.at, 'version', 'slot'], false)
  const key = place.table === undefined ? place.field : `${place.table}.${place.field}`
  return { kind: 'slot', slot: { key, many: false, at: { kind: 'field', ...place } } }
}

function setOf(scope: TypeScope, { entry, table }: ResourceFile): ResourceMapping['set'] {
  const at = isDirectory(scope) ? [...scope.at, 'entry', 'set'] : [...scope.at, 'table', 'set']
  if (isDirectory(scope))
    return {
      create: assignments(scope, entry?.set?.create, [...at, 'create']),
      write: assignments(scope, entry?.set?.write, [...at, 'write']),
    }
  return { create: assignments(scope, table?.set?.create, [...at, 'create']), write: writeAssignments(scope, table) }
}

/** The extensions that any path uses, and those that the file names. */
function extensions(scope: TypeScope, said: ResourceFile['extensions'], base: Schema, entries: readonly Entry[]) {
  const named = Array.isArray(said) ? said.map((one) => [one, {}] as const) : Object.entries(said ?? {})
  const found = new Map<Schema, boolean>()
  for (const [i, [text, how]] of named.entries()) {
    const schema = schemaBy(scope.schemas, text)
    const at = [...scope.at, 'extensions', Array.isArray(said) ? i : text]
    if (schema === undefined) scope.report.error(at, `no schema "${text}"`, suggestSchema(scope.schemas, text))
    else if (schema === base) scope.report.error(at, `${text} is the schema of ${scope.typeName} itself`)
    else {
      found.set(schema, 'required' in how && how.required === true)
      if (!entries.some((entry) => entry.ref.extension === schema.id))
        scope.report.error(
          at,
          `no attribute of ${text} is mapped`,
          `${text}.${schema.attributes[0]?.name ?? 'name'}: …`,
        )
    }
  }
  for (const schema of new Set(scope.schemas.values()))
    if (!found.has(schema) && entries.some((entry) => entry.ref.extension === schema.id)) found.set(schema, false)
  return [...found].map(([schema, required]) => ({ schema, required }))
}

function checkRequired(scope: TypeScope, base: Schema, said: ResourceFile, entries: readonly Entry[]): void {
  const missing = (extension: string | undefined, schema: Schema) =>
    schema.attributes.filter(
      (a) => a.required && !entries.some((e) => e.ref.extension === extension && e.ref.attribute === a),
    )
  for (const attribute of missing(undefined, base))
    scope.report.error(
      [...scope.at, 'attributes'],
      `${attribute.name} is required in a ${scope.typeName}, and nothing carries it`,
      `${attribute.name}: ${isDirectory(scope) ? 'attribute' : 'column'}`,
    )
  for (const { schema } of extensions({ ...scope, report: silent }, said.extensions, base, entries))
    for (const attribute of missing(schema.id, schema))
      scope.report.error(
        [...scope.at, 'attributes'],
        `${attribute.name} is required in ${schema.name}, and nothing carries it`,
        `${[...scope.schemas].find(([, one]) => one === schema)?.[0] ?? schema.id}.${attribute.name}: ${isDirectory(scope) ? 'attribute' : 'column'}`,
      )
}

const silent = { error: () => undefined, warning: () => undefined }

/** What the schema calls unique, a group's name, and what the file adds. */
function uniqueRefs(
  scope: TypeScope,
  said: ResourceFile['unique'],
  base: Schema,
  entries: readonly Entry[],
): readonly AttributeRef[] {
  const refs = new Map<string, AttributeRef>()
  for (const { ref } of entries.flatMap(singles)) {
    const of = leafOf(ref)
    if (of.type === 'complex') continue
    const isName = ref.extension === undefined && base.name === 'Group' && ref.attribute.name === 'displayName'
    // the file may take a group's name out of it: a legacy system often has two groups of one name
    if (isName ? said === undefined : of.uniqueness !== 'none') refs.set(ref.name, ref)
  }
  for (const [i, text] of (said ?? []).entries()) {
    const at = [...scope.at, 'unique', i]
    const found = mappingPath(text, scope.paths)
    if (!('ref' in found)) scope.report.error(at, found.problem, found.hint)
    else if (found.fixed !== undefined || (found.ref.sub ?? found.ref.attribute).type === 'complex')
      scope.report.error(at, `${text} is no single value`, 'emails.value covers every element')
    else if (!entries.some((entry) => entry.ref.attribute === found.ref.attribute))
      scope.report.error(at, `${text} is not mapped`)
    else refs.set(found.ref.name, found.ref)
  }
  return [...refs.values()]
}

/** The parts that a line carries, each by itself. */
const singles = (entry: Entry): readonly { readonly ref: AttributeRef }[] => {
  const { extension, attribute } = entry.ref
  const carried = carriedSubs(entry)
  if (carried === undefined) return [entry]
  return attribute.subAttributes.flatMap((sub) =>
    carried.includes(sub.name) ? [{ ref: attributeRef(extension, attribute, sub) }] : [],
  )
}

const distinct = (refs: readonly AttributeRef[]): readonly AttributeRef[] => [
  ...new Map(refs.map((ref) => [ref.name, ref])).values(),
]

/** The reference into the pruned type, whose attributes have the mapping's mutability. */
function relinked(type: ResourceType, ref: AttributeRef): readonly AttributeRef[] {
  const attribute = inType(type, ref.extension, ref.attribute.name)
  if (attribute === undefined) return []
  if (ref.sub === undefined) return [{ ...ref, attribute }]
  const sub = attributeNamed(attribute.subAttributes, ref.sub.name)
  return sub === undefined ? [] : [{ ...ref, attribute, sub }]
}
