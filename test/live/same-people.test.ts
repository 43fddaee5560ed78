import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isArray, isObject } from '../../src/base/json.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { start } from '../../src/cli/start.ts'
import { readConfig } from '../../src/config.ts'
import { skipped, withServer } from '../servers/with-server.ts'
import { scimClient } from '../wire/client.ts'
import type { Client } from '../wire/client.ts'

const mappings = join(import.meta.dirname, '../../mappings')
const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Everything that each of the three can hold; a directory has a family name for everybody (RFC 4519 section 3.12). */
const people: readonly JsonObject[] = [
  person('ann', 'Ågren', { title: 'Engineer', active: true, emails: mail('ann@example.com') }),
  person('Bob', 'Zeta', { title: '100% sure', active: false, emails: mail('BOB@example.com') }),
  person('c_d', 'ågren', { title: 'under_score', active: true }),
  person('José', "O'Neil", { title: 'a*b\\c', active: true, emails: mail('jose@other.example') }),
  person('mallory', 'M', { active: false, phoneNumbers: [{ type: 'work', value: '+46 1' }] }),
  person('Nils', 'm', { title: 'engineer', active: true, emails: mail('nils@example.com') }),
  person('zoë', '😀', { title: '(uid=*)', active: true, phoneNumbers: [{ type: 'mobile', value: '+46 2' }] }),
]
/** Who has whom for a manager. */
const managers: readonly (readonly [who: string, manager: string])[] = [
  ['ann', 'Bob'],
  ['c_d', 'ann'],
  ['Nils', 'Bob'],
]

function person(userName: string, familyName: string, rest: JsonObject): JsonObject {
  return { schemas: [core], userName, displayName: userName, name: { familyName }, ...rest }
}

function mail(value: string) {
  return [{ type: 'work', primary: true, value }]
}

/** `$Bob` is the id of Bob there, `$now` a time before anybody was made. */
const filters: readonly (readonly [filter: string, expected: readonly string[]])[] = [
  ['userName ge "m"', ['Nils', 'mallory', 'zoë']],
  ['not (name.familyName gt "M")', ['Nils', 'mallory']],
  ['not (id eq "nonsense")', ['Bob', 'José', 'Nils', 'ann', 'c_d', 'mallory', 'zoë']],
  ['id eq "nonsense"', []],
  ['id eq "$Bob"', ['Bob']],
  [
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "00000000-0000-4000-8000-000000000000"',
    [],
  ],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "nonsense"', []],
  [
    'not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "00000000-0000-4000-8000-000000000000")',
    ['Bob', 'José', 'Nils', 'ann', 'c_d', 'mallory', 'zoë'],
  ],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "$Bob"', ['Nils', 'ann']],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager pr', ['Nils', 'ann', 'c_d']],
  [
    'not (urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "$Bob")',
    ['Bob', 'José', 'c_d', 'mallory', 'zoë'],
  ],
  ['userName eq "BOB"', ['Bob']],
  ['userName eq "JOSE\u0301"', ['José']],
  ['userName eq "jose"', []],
  ['userName ne "bob"', ['José', 'Nils', 'ann', 'c_d', 'mallory', 'zoë']],
  ['userName sw "B" or userName ew "s"', ['Bob', 'Nils']],
  ['userName co "_"', ['c_d']],
  ['title co "%"', ['Bob']],
  ['title co "*"', ['José', 'zoë']],
  ['title co "\\\\"', ['José']],
  ['title eq "(uid=*)"', ['zoë']],
  ['title sw "ENG"', ['Nils', 'ann']],
  ['title ew "SCORE"', ['c_d']],
  ['title pr', ['Bob', 'José', 'Nils', 'ann', 'c_d', 'zoë']],
  ['not (title pr)', ['mallory']],
  ['title ne "engineer"', ['Bob', 'José', 'c_d', 'mallory', 'zoë']],
  ['title lt "b"', ['Bob', 'José', 'zoë']],
  ['name.familyName eq "ÅGREN"', ['ann', 'c_d']],
  ['name.familyName co "\'"', ['José']],
  ['name.familyName ge "z"', ['Bob', 'ann', 'c_d', 'zoë']],
  ['active eq true', ['José', 'Nils', 'ann', 'c_d', 'zoë']],
  ['active eq false', ['Bob', 'mallory']],
  ['not (active eq true)', ['Bob', 'mallory']],
  ['active eq true and title sw "e"', ['Nils', 'ann']],
  ['emails[type eq "work" and value ew "@example.com"]', ['Bob', 'Nils', 'ann']],
  ['emails.value eq "bob@EXAMPLE.com"', ['Bob']],
  ['emails pr and not (emails[value co "other"])', ['Bob', 'Nils', 'ann']],
  ['not (emails pr)', ['c_d', 'mallory', 'zoë']],
  ['emails[type eq "home"]', []],
  ['phoneNumbers[type eq "work" and value eq "+46 1"]', ['mallory']],
  ['phoneNumbers.value sw "+46"', ['mallory', 'zoë']],
  ['meta.lastModified gt "$then"', ['Bob', 'José', 'Nils', 'ann', 'c_d', 'mallory', 'zoë']],
  ['meta.lastModified lt "$then"', []],
  ['not (meta.created ge "$then")', []],
  ['groups pr', ['José', 'ann']],
  ['groups.value eq "$Readers"', ['José', 'ann']],
  ['groups.display eq "readers" and active eq true', ['José', 'ann']],
]

interface Place {
  readonly client: Client
  /** By name, of people and of the group. */
  readonly ids: ReadonlyMap<string, string>
  stop(): Promise<void>
}

const openldap = await withServer('openldap')
const mariadb = await withServer('mariadb')
if ('missing' in openldap) skipped('openldap', 'the same people', openldap)
else if ('missing' in mariadb) skipped('mariadb', 'the same people', mariadb)
else
  describe('the same people', () => {
    const places = new Map<string, Place>()
    const ends: (() => Promise<unknown>)[] = []
    const then = new Date(Date.now() - 3_600_000).toISOString()

    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-same-'))
      const database = await mariadb.freshDatabase({ script: join(mappings, 'conformance-mysql.sql'), name: 'same' })
      ends.push(
        () => database.drop(),
        async () => rmSync(folder, { recursive: true, force: true }),
      )
      places.set('SQLite', await open('conformance-sqlite', { SCIM_BRIDGE_CONFORMANCE_DB: join(folder, 'same.db') }))
      places.set('MariaDB', await open('conformance-mysql', { DATABASE_URL: database.url }))
      for (const overlays of [true, false]) {
        const directory = await openldap.freshDirectory({ overlays })
        ends.push(() => directory.drop())
        const env = {
          LDAP_URL: directory.url,
          LDAP_BASE_DN: directory.suffix,
          LDAP_BIND_DN: directory.account.dn,
          LDAP_BIND_PASSWORD: directory.account.password,
          LDAP_CA_FILE: '',
          LDAP_MEMBEROF: overlays ? 'memberOf' : '',
        }
        places.set(overlays ? 'OpenLDAP' : 'OpenLDAP, bare', await open('openldap', env))
      }
    }, 60_000)
    afterAll(async () => {
      for (const { stop } of places.values()) await stop()
      for (const end of ends) await end()
    })

    it('are in four places', () => {
      expect([...places.keys()]).toEqual(['SQLite', 'MariaDB', 'OpenLDAP', 'OpenLDAP, bare'])
    })

    it.each(filters)('answer to %s', async (filter, expected) => {
      for (const [name, { client, ids }] of places) {
        const asked = filter.replace(/\$(\w+)/g, (_, of: string) => (of === 'then' ? then : (ids.get(of) ?? '')))
        const { status, body } = await client.get(`/Users?count=100&filter=${encodeURIComponent(asked)}`)
        expect(status, `${name}: ${JSON.stringify(body)}`).toBe(200)
        const found = isArray(body['Resources']) ? body['Resources'] : []
        const names = found.map((one) => (isObject(one) ? String(one['userName']) : '')).sort()
        expect(names, name).toEqual([...expected].sort())
        expect(body['totalResults'], name).toBe(expected.length)
      }
    })
  })

/** A mapping of the project through the whole product, with the people in it. */
async function open(mapping: string, variables: Readonly<Record<string, string>>): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-same-'))
  const file = join(folder, 'bridge.yaml')
  writeFileSync(file, 'timeouts: { request: 20s, retryAfter: 1s }\n')
  const token = randomBytes(24).toString('base64url')
  const env = { ...variables, SCIM_BRIDGE_TOKEN: token }
  const flags = { mappings: [join(mappings, `${mapping}.yaml`)], sideStore: join(folder, 'side.db'), port: '0' }
  const running = await start(readConfig(file, flags, env), env, () => undefined)
  const client = scimClient(running.urls[0] ?? '', token)
  const ids = new Map<string, string>()
  const made = async (path: string, body: JsonObject, name: string): Promise<void> => {
    const answer = await client.post(path, body)
    if (answer.status !== 201) throw new Error(`${mapping}: ${answer.text}`)
    ids.set(name, String(answer.body['id']))
  }
  for (const one of people) await made('/Users', one, String(one['userName']))
  for (const [who, manager] of managers) {
    const value = { value: ids.get(manager) ?? '' }
    const answer = await client.patch(`/Users/${ids.get(who)}`, { op: 'add', path: `${enterprise}:manager`, value })
    if (answer.status !== 200) throw new Error(`${mapping}: ${answer.text}`)
  }
  const members = ['ann', 'José'].map((name) => ({ value: ids.get(name) ?? '' }))
  await made(
    '/Groups',
    { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Readers', members },
    'Readers',
  )
  return {
    client,
    ids,
    stop: async () => {
      client.close()
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
