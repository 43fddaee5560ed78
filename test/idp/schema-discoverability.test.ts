import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadApplication } from '../../src/cli/load.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { discovery } from '../../src/service/discovery.ts'
import { testApplication } from '../application.ts'
import { enterpriseSchema } from '../wire/people.ts'
import { mappings, served } from '../wire/playground.ts'
import type { Served } from '../wire/playground.ts'
import { targetNames } from './flatten.ts'

/** What an application that is not in the gallery is mapped to at first (learn.microsoft.com, SCIM provisioning tutorial). */
const userTargets = [
  'userName',
  'active',
  'displayName',
  'title',
  'externalId',
  'name.givenName',
  'name.familyName',
  'emails[type eq "work"].value',
  'emails[type eq "other"].Value',
  'phoneNumbers[type eq "work"].value',
  'phoneNumbers[type eq "mobile"].value',
  'phoneNumbers[type eq "fax"].value',
  'addresses[type eq "work"].streetAddress',
  'addresses[type eq "work"].postalCode',
  'addresses[type eq "other"].Formatted',
  `${enterpriseSchema}:employeeNumber`,
  `${enterpriseSchema}:department`,
  `${enterpriseSchema}:manager`,
]
const groupTargets = ['displayName', 'externalId', 'members']

/** The comparison of the workflow knows no case. */
function missing(targets: readonly string[], names: readonly string[]): readonly string[] {
  const known = new Set(names.map((name) => name.toLowerCase()))
  return targets.filter((name) => !known.has(name.toLowerCase()))
}

const each = (name: string, selectors: readonly string[], parts: readonly string[]): readonly string[] =>
  selectors.flatMap((one) => parts.map((part) => `${name}[${one}].${part}`))
const types = (...of: readonly string[]): readonly string[] => of.map((type) => `type eq "${type}"`)
/** An attribute whose types RFC 7643 leaves open. */
const byPrimary = (name: string): readonly string[] => each(name, ['primary eq "True"'], ['value', 'display', 'type'])
const address = ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country']

/** The workflow takes what is neither User nor Group for an extension of User: other types, and the schemas of discovery. */
const ofPeople = (name: string): boolean => !/:test:|^urn:ietf:params:scim:schemas:core:/.test(name)

describe('the names that Entra makes of /Schemas', () => {
  let server: Served
  let schemas: JsonObject
  beforeAll(async () => {
    server = await served('conformance-sqlite', { empty: true })
    schemas = (await server.get('/Schemas')).body
  })
  afterAll(async () => server?.stop())

  it('are those of RFC 7643 sections 4.1 and 4.3, lists by their canonical types', () => {
    const names = targetNames(schemas, 'User').filter(ofPeople)
    expect(new Set(names)).toEqual(
      new Set([
        ...['externalId', 'userName', 'displayName', 'nickName', 'title', 'userType', 'preferredLanguage'],
        ...['locale', 'timezone', 'active', 'password'],
        ...['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'].map(
          (part) => `name.${part}`,
        ),
        ...each('emails', types('work', 'home', 'other'), ['value', 'display']),
        ...each('phoneNumbers', types('work', 'home', 'mobile', 'fax', 'pager', 'other'), ['value', 'display']),
        ...each('ims', types('aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo', 'other'), [
          'value',
          'display',
        ]),
        ...each('photos', types('photo', 'thumbnail'), ['value', 'display']),
        ...each('addresses', types('work', 'home', 'other'), address),
        ...each('groups', types('direct', 'indirect'), ['value', '$ref', 'display']),
        ...['entitlements', 'roles', 'x509Certificates'].flatMap(byPrimary),
        ...['employeeNumber', 'costCenter', 'organization', 'division', 'department', 'manager'].map(
          (name) => `${enterpriseSchema}:${name}`,
        ),
      ]),
    )
    expect(new Set(names).size).toBe(names.length)
  })

  it('hold everything that an application is mapped to at first', () => {
    expect(missing(userTargets, targetNames(schemas, 'User'))).toEqual([])
    expect(missing(groupTargets, targetNames(schemas, 'Group'))).toEqual([])
  })

  it('can be written to as Entra writes, those by primary included', async () => {
    const { body } = await server.post('/Users', { userName: 'names@example.com', active: true })
    const path = `/Users/${String(body['id'])}`
    const writable = targetNames(schemas, 'User')
      .filter(ofPeople)
      .filter((name) => !/^groups|^userName$|manager$|^active$|x509|password|photos/.test(name))
    const { status, body: written } = await server.patch(
      path,
      ...writable.map((name) => ({ op: 'replace', path: name, value: 'x' })),
    )
    expect([status, written['detail']]).toEqual([200, undefined])
    expect(written['emails']).toHaveLength(3)
    expect(written['phoneNumbers']).toHaveLength(6)
    expect(written['addresses']).toHaveLength(3)
    expect(written['roles']).toEqual([{ value: 'x', display: 'x', type: 'x', primary: true }])
  })
})

describe('what a legacy system has no place for is not offered', () => {
  const none = { LDAP_URL: 'ldap://127.0.0.1', LDAP_BIND_DN: 'cn=x', LDAP_BIND_PASSWORD: 'x', LDAP_BASE_DN: 'dc=x' }
  const offered = (name: string, of: 'User' | 'Group'): readonly string[] => {
    const { catalog, store } = loadApplication(join(mappings, `${name}.yaml`), { env: none })
    const app = testApplication({ catalog, store, side: undefined as never })
    return targetNames(discovery(app, 'Schemas', undefined, 'https://scim.example.com/v2'), of)
  }
  const addresses = userTargets.filter((name) => name.startsWith('addresses'))

  it.each([
    ['openldap', ['emails[type eq "other"].Value', ...addresses]],
    ['demo', ['addresses[type eq "other"].Formatted']],
  ])('%s', (name, expected) => {
    expect(missing(userTargets, offered(name, 'User'))).toEqual(expected)
    expect(missing(groupTargets, offered(name, 'Group'))).toEqual([])
  })
})
