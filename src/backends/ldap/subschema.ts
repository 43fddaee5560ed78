import { typeOf } from '../../mapping/dn/description.ts'
import type { AttributeType, ObjectClass, Schema } from './schema.ts'
import { parseAttributeType, parseContentRule, parseObjectClass } from './schema-parse.ts'
import type { AttributeTypeDescription, ContentRuleDescription, ObjectClassDescription } from './schema-parse.ts'
import { rulesOfSyntax } from './syntax-rules.ts'

/** The values of a subschema entry (RFC 4512 section 4.2). */
export interface Subschema {
  readonly attributeTypes: readonly string[]
  readonly objectClasses: readonly string[]
  /** Active Directory says here, and not in the class, which auxiliary classes every entry of a class has. */
  readonly dITContentRules?: readonly string[]
}

/** What cannot be read is left out, as a server may have anything among its hundreds of descriptions. */
export const schemaFrom = ({ attributeTypes, objectClasses, dITContentRules = [] }: Subschema): Schema =>
  schemaOf(
    withRules(attributeTypes.map(parseAttributeType).filter((one) => one !== undefined)),
    objectClasses.map(parseObjectClass).filter((one) => one !== undefined),
    dITContentRules.map(parseContentRule).filter((one) => one !== undefined),
  )

/**
 * Active Directory names no matching rule for any attribute: its comparisons follow the syntax
 * ([MS-ADTS] section 3.1.1.2.2.4).
 */
function withRules(types: readonly AttributeTypeDescription[]): readonly AttributeTypeDescription[] {
  const saysRules = types.some(({ equality, ordering, substr }) => equality ?? ordering ?? substr)
  return saysRules ? types : types.map((type) => ({ ...type, ...rulesOfSyntax(type.syntax) }))
}

export function schemaOf(
  types: readonly AttributeTypeDescription[],
  classes: readonly ObjectClassDescription[],
  rules: readonly ContentRuleDescription[] = [],
): Schema {
  const typesByName = index(types)
  const classesByName = index(classes)
  const rulesByName = index(rules)
  const attributes = index(types.map((type) => attributeOf(type, typesByName)))
  const resolved = new Map(classes.map((one) => [one, objectClassOf(one, classesByName, rulesByName)]))
  return {
    attribute: (description) => attributes.get(typeOf(description)),
    objectClass: (name) => {
      const found = classesByName.get(name.toLowerCase())
      return found && resolved.get(found)
    },
    attributeNames: types.flatMap(({ names }) => names),
    objectClassNames: classes.flatMap(({ names }) => names),
  }
}

interface Named {
  readonly oid: string
  readonly names: readonly string[]
}

/** By every name and by the OID, in lower case; the first one has it. */
function index<T extends Named>(all: readonly T[]): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  for (const one of all) {
    for (const name of [one.oid, ...one.names]) {
      const key = name.toLowerCase()
      if (!found.has(key)) found.set(key, one)
    }
  }
  return found
}

/** The nearest type up the chain that says it, itself first; a chain that bites its tail ends there. */
function attributeOf(
  type: AttributeTypeDescription,
  byName: ReadonlyMap<string, AttributeTypeDescription>,
): AttributeType {
  const chain = new Set<AttributeTypeDescription>()
  for (let at: AttributeTypeDescription | undefined = type; at !== undefined && !chain.has(at);) {
    chain.add(at)
    at = at.sup === undefined ? undefined : byName.get(at.sup.toLowerCase())
  }
  const nearest = (key: 'syntax' | 'equality' | 'ordering' | 'substr'): string | undefined =>
    [...chain].find((one) => one[key] !== undefined)?.[key]
  const { oid, names, singleValue, isReadOnly, isOperational } = type
  return {
    ...{ oid, names, singleValue, isReadOnly, isOperational },
    syntax: nearest('syntax'),
    equality: nearest('equality'),
    ordering: nearest('ordering'),
    substr: nearest('substr'),
  }
}

function objectClassOf(
  one: ObjectClassDescription,
  byName: ReadonlyMap<string, ObjectClassDescription>,
  rules: ReadonlyMap<string, ContentRuleDescription>,
): ObjectClass {
  const all = new Set<ObjectClassDescription>()
  const must: string[] = []
  const may: string[] = []
  const add = (name: string): void => take(byName.get(name.toLowerCase()))
  const take = (found: ObjectClassDescription | undefined): void => {
    if (found === undefined || all.has(found)) return
    all.add(found)
    must.push(...found.must)
    may.push(...found.may)
    found.sup.forEach(add)
    const rule = rules.get(found.oid.toLowerCase())
    must.push(...(rule?.must ?? []))
    may.push(...(rule?.may ?? []))
    rule?.aux.forEach(add)
  }
  take(one)
  const needed = distinct(must, [])
  return { names: one.names, kind: one.kind, must: needed, may: distinct(may, needed) }
}

function distinct(names: readonly string[], without: readonly string[]): readonly string[] {
  const seen = new Set(without.map((name) => name.toLowerCase()))
  return names.filter((name) => {
    const key = name.toLowerCase()
    return !seen.has(key) && seen.add(key)
  })
}
