import type { Json, JsonObject } from '../../src/base/json.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import { groupSchema, userSchema } from '../wire/people.ts'

const objects = (value: Json | undefined): readonly JsonObject[] => (isArray(value) ? value.filter(isObject) : [])
const strings = (value: Json | undefined): readonly string[] => (isArray(value) ? value.map(String) : [])

/**
 * The names under which Entra knows the attributes of a service, as Schema_Discoverability_Test makes them of the answer to
 * GET /Schemas (AzureAD/SCIMReferenceCode, Microsoft.SCIM.LogicAppValidationTemplate, SCIMTests_Workflow.json): those of the
 * core schema one by one, those of every schema that is neither User nor Group with its URN before them.
 */
export function targetNames(schemas: JsonObject, of: 'User' | 'Group'): readonly string[] {
  const all = objects(schemas['Resources'])
  const core = all.find(({ id }) => id === (of === 'User' ? userSchema : groupSchema))
  const names = objects(core?.['attributes']).flatMap(namesOf)
  if (of === 'Group') return names
  const others = all.filter(({ id }) => id !== userSchema && id !== groupSchema)
  return [...names, ...others.flatMap((one) => objects(one['attributes']).map(({ name }) => `${one['id']}:${name}`))]
}

function namesOf(attribute: JsonObject): readonly string[] {
  const { name, type, multiValued } = attribute
  if (name === 'manager' || name === 'members') return [name]
  const parts = objects(attribute['subAttributes'])
  if (type === 'complex' && multiValued === true) {
    const types = strings(parts.find((part) => part['name'] === 'type')?.['canonicalValues'])
    const selected = (one: string) =>
      parts
        .filter((part) => part['name'] !== 'type' && part['name'] !== 'primary')
        .map((part) => `${name}[type eq "${one}"].${part['name']}`)
    return types.length > 0
      ? types.flatMap(selected)
      : parts.filter((part) => part['name'] !== 'primary').map((part) => `${name}[primary eq "True"].${part['name']}`)
  }
  if (type === 'complex')
    return parts
      .filter((part) => part['type'] !== 'complex' && part['type'] !== 'reference')
      .map((part) => `${name}.${part['name']}`)
  return type === 'reference' ? [] : [String(name)]
}
