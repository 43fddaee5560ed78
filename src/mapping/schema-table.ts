import { urn } from '../base/brand.ts'
import { attribute } from '../scim/schema.ts'
import type { Attribute, Schema } from '../scim/schema.ts'
import { enterpriseUserSchema } from '../scim/schemas/enterprise-user.ts'
import { groupSchema } from '../scim/schemas/group.ts'
import { userSchema } from '../scim/schemas/user.ts'
import { sameName } from '../scim/attribute-named.ts'
import type { MappingFile } from './file.ts'
import type { SchemaDefinition } from './file-schema.ts'
import type { Report } from './problem.ts'
import { suggest } from './suggest.ts'

/** Schemas by the short name that paths use. */
export type SchemaTable = ReadonlyMap<string, Schema>

const standard: readonly (readonly [string, Schema])[] = [
  ['User', userSchema],
  ['Group', groupSchema],
  ['enterprise', enterpriseUserSchema],
]

type Definition = SchemaDefinition['attributes'][number]

function define(of: Omit<Definition, 'subAttributes'> & Pick<Definition, 'subAttributes'>): Attribute {
  const { name, subAttributes, ...rest } = of
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const type = of.type ?? (subAttributes === undefined ? 'string' : 'complex')
  const subs = (subAttributes ?? []).map((sub) => define({ ...sub, subAttributes: undefined }))
  return attribute(name, { ...(given as Partial<Attribute>), type, subAttributes: subs })
}

/** The built-in schemas and those of the file, by short name. */
export function schemaTable(file: MappingFile, report: Report): SchemaTable {
  const table = new Map<string, Schema>(standard)
  for (const [short, said] of Object.entries(file.schemas ?? {})) {
    const path = ['schemas', short]
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(short))
      report.error(path, `"${short}" is no short name`, 'letters, digits, - and _')
    if (typeof said === 'string') {
      const known = [...table.values()].find((schema) => sameName(schema.id, said))
      if (known) table.set(short, known)
      else report.error(path, `no schema has the id ${said}`, 'define it here: id, attributes')
      continue
    }
    if ([...table.values()].some((schema) => sameName(schema.id, said.id)))
      report.error([...path, 'id'], `there is a schema ${said.id} already`)
    checkNames(said.attributes, [...path, 'attributes'], report)
    said.attributes.forEach((one, i) => {
      const at = [...path, 'attributes', i]
      checkNames(one.subAttributes ?? [], [...at, 'subAttributes'], report)
      if (one.type === 'complex' && one.subAttributes === undefined)
        report.error(at, `${one.name} is complex but has no subAttributes`)
      if (one.subAttributes !== undefined && one.type !== undefined && one.type !== 'complex')
        report.error([...at, 'type'], `${one.name} has subAttributes, so its type is complex`)
    })
    table.set(short, {
      id: urn(said.id),
      name: said.name ?? short,
      description: said.description ?? '',
      attributes: said.attributes.map(define),
    })
  }
  return table
}

function checkNames(
  list: readonly { readonly name: string }[],
  path: readonly (string | number)[],
  report: Report,
): void {
  const seen = new Set<string>()
  list.forEach(({ name }, i) => {
    const folded = name.toLowerCase()
    if (seen.has(folded)) report.error([...path, i, 'name'], `there are two attributes "${name}"`)
    // these belong to every resource already (RFC 7643 section 3.1)
    if (path.at(-1) === 'attributes' && ['id', 'externalid', 'meta', 'schemas'].includes(folded))
      report.error([...path, i, 'name'], `"${name}" is a common attribute of every resource`)
    seen.add(folded)
  })
}

/** The schema by short name or URN. */
export function schemaBy(table: SchemaTable, text: string): Schema | undefined {
  return table.get(text) ?? [...table.values()].find((schema) => sameName(schema.id, text))
}

export const suggestSchema = (table: SchemaTable, text: string): string | undefined => suggest(text, table.keys())
