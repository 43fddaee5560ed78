import { sameName } from '../scim/attribute-named.ts'
import { discoverySchemas } from '../scim/schemas/discovery.ts'
import type { WrittenFile } from './file.ts'
import type { SchemaDefinition } from './file-schema.ts'
import type { FilePath } from './load.ts'
import type { Report } from './problem.ts'
import { suggest } from './suggest.ts'

type Definition = SchemaDefinition['attributes'][number]
type Said = Omit<Definition, 'subAttributes'>

/** What a reference may point at besides resource types (RFC 7643 section 7). */
const elsewhere = ['external', 'uri']

/** Which characteristics go together (RFC 7643 section 7), in the schemas that the file defines. */
export function checkSchemas(file: Pick<WrittenFile, 'schemas' | 'resources'>, report: Report): void {
  const types = Object.keys(file.resources)
  for (const [short, said] of Object.entries(file.schemas ?? {})) {
    if (typeof said === 'string') continue
    checkUrn(said.id, ['schemas', short, 'id'], report)
    said.attributes.forEach((attribute, i) => {
      const at: FilePath = ['schemas', short, 'attributes', i]
      const parts = attribute.subAttributes ?? []
      check(attribute, attribute.type ?? (parts.length > 0 ? 'complex' : 'string'), at, types, report)
      parts.forEach((part, j) => {
        const below = [...at, 'subAttributes', j]
        check(part, part.type ?? 'string', below, types, report)
        if (part.name.toLowerCase() === 'primary' && part.type !== 'boolean')
          report.error(below, 'primary is true or false (RFC 7643 section 2.4)', 'type: boolean')
      })
    })
  }
}

function checkUrn(id: string, at: FilePath, report: Report): void {
  const hint = 'a URN of your own, such as urn:example:scim:schemas:Badge'
  if (/^urn:ietf:params:scim:api:/i.test(id)) report.error(at, `${id} is of the messages of the protocol`, hint)
  if (discoverySchemas.some((one) => sameName(one.id, id)))
    report.error(at, `${id} describes what the bridge says of itself`, hint)
}

function check(said: Said, type: string, at: FilePath, types: readonly string[], report: Report): void {
  const { name } = said
  const isText = type === 'string'
  if (said.canonicalValues !== undefined && !isText)
    report.error(
      [...at, 'canonicalValues'],
      `canonicalValues are texts, and ${name} is of type ${type}`,
      'type: string',
    )
  if (said.referenceTypes !== undefined && type !== 'reference')
    report.error(
      [...at, 'referenceTypes'],
      `only a reference has referenceTypes, and ${name} is of type ${type}`,
      'type: reference',
    )
  for (const [i, one] of (said.referenceTypes ?? []).entries())
    if (!types.includes(one) && !elsewhere.includes(one))
      report.error(
        [...at, 'referenceTypes', i],
        `there is no resource type "${one}"`,
        suggest(one, [...types, ...elsewhere]) ?? [...types, ...elsewhere].join(', '),
      )
  if (said.caseExact === false && (type === 'reference' || type === 'binary'))
    report.error(
      [...at, 'caseExact'],
      `a value of type ${type} is compared exactly (RFC 7643 section 2.3)`,
      'leave caseExact out',
    )
  if (said.caseExact === true && !isText && type !== 'reference' && type !== 'binary')
    report.error([...at, 'caseExact'], `caseExact is of texts, and ${name} is of type ${type}`, 'leave caseExact out')
  if (said.uniqueness !== undefined && said.uniqueness !== 'none' && (type === 'boolean' || type === 'complex'))
    report.error([...at, 'uniqueness'], `no value of type ${type} can be unique`, 'leave uniqueness out')
  if (said.mutability === 'writeOnly' && said.returned !== undefined && said.returned !== 'never')
    report.error([...at, 'returned'], `${name} is writeOnly, so it is never returned`, 'returned: never')
}
