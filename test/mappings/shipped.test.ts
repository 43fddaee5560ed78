import { readFileSync, readdirSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Assignment, AttributeMapping, Carrier, Catalog, ResourceMapping } from '../../src/mapping/catalog.ts'
import { never } from '../../src/base/errors.ts'
import { tryCompile } from '../../src/mapping/compile.ts'
import { problemText } from '../../src/mapping/problem.ts'
import type { Slot } from '../../src/mapping/slot.ts'
import { databaseOf, folder } from './fixture.ts'

const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))

const compile = (file: string) =>
  tryCompile(readFileSync(resolve(folder, file), 'utf8'), {
    file,
    env: {
      DATABASE_URL: 'mysql://app@db.example/app',
      LDAP_URL: 'ldaps://directory.example',
      LDAP_BASE_DN: 'dc=example,dc=com',
      LDAP_BIND_DN: 'cn=scim,ou=services,dc=example,dc=com',
      LDAP_BIND_PASSWORD: 'secret',
    },
    readFile: () => {
      throw new Error('a shipped mapping needs no secret')
    },
  })

type Name = readonly [table: string, column: string]

/** Every column that a catalog names, whoever would read or write it. */
function columnsOf({ types }: Catalog): readonly Name[] {
  const homeOf = (type: string): ResourceMapping => {
    const found = types.find((mapping) => mapping.type.name === type)
    if (found === undefined) throw new Error(`no type ${type}`)
    return found
  }
  return types.flatMap((mapping) => {
    const main = mapping.table?.name ?? ''
    const inMain = (fields: readonly string[]): readonly Name[] => fields.map((field) => [main, field])
    const assigned = (list: readonly Assignment[]) => list.flatMap(({ slot }) => slotColumns(slot, main))
    return [
      ...inMain(mapping.table?.key ?? []),
      ...inMain((mapping.table?.where.where ?? []).map((one) => one.column)),
      ...inMain(mapping.id.fields),
      ...(mapping.table?.with ?? []).flatMap((one): readonly Name[] => [
        ...one.key.map((field): Name => [one.name, field]),
        ...assigned(one.set.create),
      ]),
      ...assigned([...mapping.set.create, ...mapping.set.write]),
      ...(mapping.version.kind === 'slot' ? slotColumns(mapping.version.slot, main) : []),
      ...(mapping.onDelete.kind === 'set' ? assigned(mapping.onDelete.set) : []),
      ...mapping.attributes.flatMap((attribute) =>
        attributeColumns(attribute, main, (type) => homeOf(type).table?.name ?? ''),
      ),
    ]
  })
}

function slotColumns({ at }: Slot, home: string): readonly Name[] {
  switch (at.kind) {
    case 'field':
      return [[at.table ?? home, at.field]]
    case 'lookup':
      return [
        [at.table ?? home, at.field],
        [at.lookup.table, at.lookup.key],
        [at.lookup.table, at.lookup.text],
      ]
    case 'keyValue':
      return [...at.foreignKey, ...Object.keys(at.keys), at.value].map((field): Name => [at.table, field])
    case 'side':
    case 'container':
      return []
    default:
      return never(at)
  }
}

function carrierColumns(carrier: Carrier, home: string): readonly Name[] {
  switch (carrier.kind) {
    case 'slot':
    case 'split':
      return slotColumns(carrier.slot, home)
    case 'all':
      return carrier.parts.flatMap((part) => slotColumns(part.slot, home))
    case 'constant':
    case 'template':
      return []
    default:
      return never(carrier)
  }
}

function attributeColumns(
  attribute: AttributeMapping,
  home: string,
  tableOf: (type: string) => string,
): readonly Name[] {
  switch (attribute.kind) {
    case 'single':
      return attribute.leaves.flatMap((leaf) => carrierColumns(leaf.carrier, home))
    case 'elements':
      return attribute.elements.flatMap((one) => one.leaves.flatMap((leaf) => carrierColumns(leaf.carrier, home)))
    case 'rows': {
      const { table, foreignKey, where, rowKey } = attribute.rows
      return [
        ...[...foreignKey, ...where.where.map((one) => one.column), ...(rowKey === undefined ? [] : [rowKey])].map(
          (f): Name => [table, f],
        ),
        ...attribute.leaves.flatMap((leaf) => carrierColumns(leaf.carrier, table)),
      ]
    }
    case 'reference': {
      const { place, to } = attribute.reference
      switch (place.kind) {
        case 'field': {
          const { by } = place
          return [
            ...slotColumns(place.slot, home),
            ...(by === undefined ? [] : to.map((type): Name => [tableOf(type), by])),
          ]
        }
        case 'through':
          return [...place.from, ...Object.values(place.to).flat(), ...place.where.where.map((one) => one.column)].map(
            (f): Name => [place.table, f],
          )
        case 'onTarget':
          return to.map((type): Name => [tableOf(type), place.field])
        case 'reverse':
          return []
        default:
          return never(place)
      }
    }
    default:
      return never(attribute)
  }
}

const columnsIn = (database: DatabaseSync, table: string): readonly unknown[] =>
  database
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map((row) => row['name'])

it('ships the mappings that the documentation names', () => {
  expect(files).toEqual(expect.arrayContaining(['demo.yaml', ...conformance]))
})

describe.each(files)('%s', (file) => {
  const { catalog, problems } = compile(file)
  if (catalog === undefined) throw new Error(problems.map(problemText).join('\n'))
  const section = catalog.backend.section as { readonly init?: string }
  const database = section.init === undefined ? undefined : databaseOf(section.init)

  it('compiles without a problem or a warning', () => {
    expect(problems.map(problemText)).toEqual([])
  })

  it('tells editors its schema in the first line', () => {
    const [first] = readFileSync(resolve(folder, file), 'utf8').split('\n')
    expect(first).toBe('# yaml-language-server: $schema=mapping.schema.json')
  })

  it('holds no tab and no blank at the end of a line', () => {
    expect(readFileSync(resolve(folder, file), 'utf8')).not.toMatch(/\t|[ \t]$/m)
  })

  // those of a server are held when it is opened: hr-serve.test.ts, the playgrounds, and directory.test.ts
  if (database === undefined) return

  it('names tables and columns that exist', () => {
    const named = columnsOf(catalog)
    expect(named.length).toBeGreaterThan(10)
    const missing = named.filter(([table, column]) => !columnsIn(database, table).includes(column))
    expect(missing).toEqual([])
  })

  // what a create does not fill the database must
  it('gives every column that must be filled a source', () => {
    const open = catalog.types.flatMap((mapping) => {
      const main = mapping.table?.name ?? ''
      const sources = new Set(
        [
          ...[...mapping.set.create, ...mapping.set.write].flatMap(({ slot }) => slotColumns(slot, main)),
          ...Object.keys(mapping.table?.where.create ?? {}).map((field): Name => [main, field]),
          ...(mapping.id.generate === undefined ? [] : mapping.id.fields.map((field): Name => [main, field])),
          ...mapping.attributes.flatMap((attribute) =>
            attribute.kind === 'single'
              ? attribute.leaves.flatMap((leaf) =>
                  leaf.onCreate !== undefined || leaf.ref.attribute.required ? carrierColumns(leaf.carrier, main) : [],
                )
              : [],
          ),
        ].map(([table, column]) => `${table}.${column}`),
      )
      return database
        .prepare('SELECT name FROM pragma_table_info(?) WHERE "notnull" = 1 AND dflt_value IS NULL')
        .all(main)
        .map((row) => `${main}.${String(row['name'])}`)
        .filter((column) => !sources.has(column))
    })
    expect(open).toEqual([])
  })
})

/** Every attribute and sub-attribute of RFC 7643 sections 4.1 to 4.3, by hand: the conformance mapping leaves none out. */
const plural = ['value', 'display', 'type', 'primary']
const widest: readonly (readonly [type: string, attribute: string, subs: readonly string[]])[] = [
  ...[
    'userName',
    'displayName',
    'nickName',
    'profileUrl',
    'title',
    'userType',
    'preferredLanguage',
    'locale',
    'timezone',
    'active',
    'password',
  ].map((name) => ['User', name, []] as const),
  ['User', 'name', ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix']],
  ...['emails', 'phoneNumbers', 'ims', 'photos', 'entitlements', 'roles', 'x509Certificates'].map(
    (name) => ['User', name, plural] as const,
  ),
  [
    'User',
    'addresses',
    ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country', 'type', 'primary'],
  ],
  ['User', 'groups', ['value', '$ref', 'display', 'type']],
  ...['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map(
    (name) => ['User', name, []] as const,
  ),
  ['User', 'manager', ['value', '$ref', 'displayName']],
  ['Group', 'displayName', []],
  ['Group', 'members', ['value', '$ref', 'type']],
  ...['User', 'Group'].flatMap((type) => [
    [type, 'externalId', []] as const,
    [type, 'meta', ['resourceType', 'created', 'lastModified', 'location', 'version']] as const,
  ]),
]

const conformance = ['conformance-sqlite.yaml', 'conformance-mysql.yaml', 'conformance-postgres.yaml']
describe.each(conformance)('%s carries the whole of RFC 7643', (file) => {
  const { catalog } = compile(file)
  it.each(widest)('%s %s %j', (name, attribute, subs) => {
    const type = catalog?.types.find((mapping) => mapping.type.name === name)?.type
    const carried = [type?.schema, ...(type?.extensions ?? []).map((one) => one.schema)].flatMap(
      (schema) => schema?.attributes ?? [],
    )
    const found = [...carried, ...(type?.common ?? [])].find((one) => one.name === attribute)
    expect(found?.subAttributes.map((sub) => sub.name)).toEqual(expect.arrayContaining([...subs]))
  })
})
