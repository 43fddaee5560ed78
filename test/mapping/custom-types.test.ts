import { describe, expect, it } from 'vitest'
import { catalogOf, problemsOf, typeOf } from './compiled.ts'

interface Parts {
  /** Lines of the schema's attributes. */
  readonly schema?: readonly string[]
  readonly id?: string
  /** Words of the type, besides those that are there. */
  readonly type?: readonly string[]
  /** Lines of the map. */
  readonly map?: readonly string[]
  readonly others?: string
}

const indent = (lines: readonly string[], by: number): string =>
  lines.map((line) => `${' '.repeat(by)}${line}\n`).join('')

/** A mapping file with one type of its own. The first attribute of the schema stands in line 7. */
const file = ({
  schema = ['- { name: name }'],
  id = 'urn:example:Thing',
  type = [],
  map = ['name: n'],
  others = '',
}: Parts): string =>
  `version: 1
backend: { kind: sql, dialect: sqlite }
schemas:
  thing:
    id: ${id}
    attributes:
${indent(schema, 6)}  more:
    id: urn:example:More
    attributes: [{ name: first }, { name: second, required: true }]
resources:
  Thing:
    table: { name: thing, key: id }
    id: id
    onDelete: delete
    schema: thing
${indent(type, 4)}    attributes:
${indent(map, 6)}${others}`

const user = (name: string, more = '') => `  ${name}:
    schema: User
    table: { name: person, key: id }
    id: { prefix: u-, column: id }
    onDelete: delete
    attributes: { userName: login }
${more}`

describe('a type of the integrator’s own is refused', () => {
  it.each<readonly [string, Parts, readonly string[]]>([
    [
      'a complex attribute inside a complex one',
      { schema: ['- { name: name }', '- { name: c, type: complex, subAttributes: [{ name: d, type: complex }] }'] },
      ['8:62: type: a complex attribute has no complex one inside (RFC 7643 section 2.3.8)'],
    ],
    [
      'a data type that there is none',
      { schema: ['- { name: name, type: json }'] },
      ['7:23: type: "json" is none of string, boolean, decimal, integer, dateTime, binary, reference, complex'],
    ],
    [
      'a data type in another casing',
      { schema: ['- { name: name, type: datetime }'] },
      [
        '7:23: type: "datetime" is none of string, boolean, decimal, integer, dateTime, binary, reference, complex (did you mean "dateTime"?)',
      ],
    ],
    [
      'canonicalValues of what is no text',
      { schema: ['- { name: name, type: integer, canonicalValues: ["1"] }'] },
      ['7:38: canonicalValues are texts, and name is of type integer (type: string)'],
    ],
    [
      'referenceTypes that name no type',
      { schema: ['- { name: name, type: reference, referenceTypes: [Thnig, uri] }'] },
      ['7:57: there is no resource type "Thnig" (did you mean "Thing"?)'],
    ],
    [
      'referenceTypes of what is no reference',
      { schema: ['- { name: name, referenceTypes: [Thing] }'] },
      ['7:23: only a reference has referenceTypes, and name is of type string (type: reference)'],
    ],
    [
      'caseExact of a number, and no caseExact of a reference',
      {
        schema: [
          '- { name: name, type: decimal, caseExact: true }',
          '- { name: r, type: reference, caseExact: false }',
        ],
      },
      [
        '7:38: caseExact is of texts, and name is of type decimal (leave caseExact out)',
        '8:37: a value of type reference is compared exactly (RFC 7643 section 2.3) (leave caseExact out)',
      ],
    ],
    [
      'a unique boolean',
      { schema: ['- { name: name, type: boolean, uniqueness: server }'] },
      ['7:38: no value of type boolean can be unique (leave uniqueness out)'],
    ],
    [
      'a writeOnly attribute that is returned',
      { schema: ['- { name: name, mutability: writeOnly, returned: request }'] },
      ['7:46: name is writeOnly, so it is never returned (returned: never)'],
    ],
    [
      'a primary that is no boolean',
      {
        schema: [
          '- { name: name }',
          '- { name: c, type: complex, multiValued: true, subAttributes: [{ name: primary }] }',
        ],
      },
      ['8:70: primary is true or false (RFC 7643 section 2.4) (type: boolean)'],
    ],
    [
      'a schema that is a message',
      { id: 'urn:ietf:params:scim:api:messages:2.0:Error' },
      [
        '5:5: urn:ietf:params:scim:api:messages:2.0:Error is of the messages of the protocol (a URN of your own, such as urn:example:scim:schemas:Badge)',
      ],
    ],
    [
      'a schema that describes the bridge',
      { id: 'urn:ietf:params:scim:schemas:core:2.0:resourcetype' },
      [
        '5:5: urn:ietf:params:scim:schemas:core:2.0:resourcetype describes what the bridge says of itself (a URN of your own, such as urn:example:scim:schemas:Badge)',
      ],
    ],
    [
      'a schema whose id is no URN',
      { id: '"urn:x"' },
      [
        '5:5: id: the id of a schema is a URN, such as urn:example:scim:schemas:Badge',
        '16:5: no schema for Thing (schema: a short name or URN from schemas)',
      ],
    ],
    ['a schema that is there already', { id: 'URN:EXAMPLE:MORE' }, ['9:5: there is a schema urn:example:More already']],
    [
      'an attribute twice, in another casing',
      { schema: ['- { name: name }', '- { name: NAME }'] },
      ['8:11: there are two attributes "NAME"'],
    ],
    [
      'a required extension of which nothing is mapped',
      { type: ['extensions: { more: { required: true } }'] },
      [
        '17:19: no attribute of more is mapped (more.first: …)',
        '18:5: second is required in more, and nothing carries it (more.second: column)',
      ],
    ],
    [
      'an extension that lacks what it requires',
      { type: ['extensions: { more: { required: true } }'], map: ['name: n', 'more.first: f'] },
      ['18:5: second is required in more, and nothing carries it (more.second: column)'],
    ],
    [
      'an extension that is the schema itself',
      { type: ['extensions: [thing]'] },
      ['17:18: thing is the schema of Thing itself'],
    ],
    ...['/Schemas', '/resourcetypes', 'ServiceProviderConfig', '/bulk', '/ME'].map((endpoint) => {
      const known = ['/Schemas', '/ResourceTypes', '/ServiceProviderConfig', '/Bulk', '/Me']
      const name = known.find((one) => one.toLowerCase() === `/${endpoint.replace('/', '').toLowerCase()}`) ?? ''
      return [
        `the endpoint ${endpoint}`,
        { type: [`endpoint: ${endpoint}`] },
        [`17:5: ${name} is an endpoint of the protocol (another endpoint)`],
      ] as const
    }),
    [
      'an endpoint with a blank',
      { type: ['endpoint: "/The Things"'] },
      ['17:5: endpoint: an endpoint is one path segment, such as /Users'],
    ],
    [
      'the endpoint of another type',
      { others: user('Person', '    endpoint: /things\n') },
      ['25:5: Person and Thing have one endpoint, /things (endpoint: /…)'],
    ],
    [
      'a name twice by case',
      { others: user('THING', '    endpoint: /Other\n') },
      ['19:3: THING and Thing are one name for a client (another name)'],
    ],
  ])('%s', (_, parts, problems) => {
    expect(problemsOf(file(parts))).toEqual(problems)
  })
})

describe('a type of the integrator’s own', () => {
  it('has the defaults of RFC 7643 section 2.2', () => {
    const [name] = typeOf(catalogOf(file({})), 'Thing').type.schema.attributes
    expect(name).toEqual({
      ...{ name: 'name', type: 'string', multiValued: false, description: '', required: false, caseExact: false },
      ...{ mutability: 'readWrite', returned: 'default', uniqueness: 'none' },
      ...{ canonicalValues: [], referenceTypes: [], subAttributes: [] },
    })
  })

  it('never shows what is writeOnly, by the schema or by the mapping', () => {
    const schema = [
      '- { name: name, mutability: writeOnly }',
      '- { name: other }',
      '- { name: c, type: complex, subAttributes: [{ name: d }, { name: e }] }',
    ]
    const map = ['name: n', 'other: { slot: o, access: writeOnly }', 'c.d: { slot: d, access: writeOnly }', 'c.e: e']
    const { attributes } = typeOf(catalogOf(file({ schema, map })), 'Thing').type.schema
    expect(attributes.map(({ mutability, returned }) => [mutability, returned])).toEqual([
      ['writeOnly', 'never'],
      ['writeOnly', 'never'],
      ['readWrite', 'default'],
    ])
    expect(attributes[2]?.subAttributes.map(({ returned }) => returned)).toEqual(['never', 'default'])
  })

  it('returns a part on request, and leaves the whole as it is', () => {
    const schema = ['- { name: c, type: complex, subAttributes: [{ name: d }, { name: e }] }']
    const map = ['c.d: { slot: d, returned: request }', 'c.e: e']
    const [c] = typeOf(catalogOf(file({ schema, map })), 'Thing').type.schema.attributes
    expect(c?.returned).toBe('default')
    expect(c?.subAttributes.map(({ returned }) => returned)).toEqual(['request', 'default'])
  })

  it('holds a part unique that the schema or the file calls so, and says it', () => {
    const schema = [
      '- { name: c, type: complex, subAttributes: [{ name: d, uniqueness: server }, { name: e }, { name: f }] }',
    ]
    const type = ['unique: [c.e]']
    const thing = typeOf(catalogOf(file({ schema, type, map: ['c.d: d', 'c.e: e', 'c.f: f'] })), 'Thing')
    expect(thing.unique.map(({ name }) => name).sort()).toEqual(['c.d', 'c.e'])
    expect(thing.type.schema.attributes[0]?.subAttributes.map(({ uniqueness }) => uniqueness)).toEqual([
      'server',
      'server',
      'none',
    ])
  })

  it('has URIs for references that point at no type', () => {
    const schema = ['- { name: name, type: reference }']
    expect(typeOf(catalogOf(file({ schema })), 'Thing').type.schema.attributes[0]).toMatchObject({
      caseExact: true,
      referenceTypes: ['uri'],
    })
  })

  it('may point at a type that another service serves', () => {
    const schema = ['- { name: name }', '- { name: r, type: reference, referenceTypes: [Room] }']
    const others = '  Room: { upstream: { url: "https://rooms.example.com/v2/Rooms" } }\n'
    expect(problemsOf(file({ schema, map: ['name: n', 'r: r'], others }))).toEqual([])
  })
})
