import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { idIn, kinds, ldapPlace } from '../live/ldap/place.ts'
import type { LdapPlace } from '../live/ldap/place.ts'
import { dnOf, everything, groupLdif, personLdif } from '../live/ldap/people.ts'
import { describeServer } from '../servers/with-server.ts'
import type { Answer } from '../wire/client.ts'
import { heartbeat } from '../wire/heartbeat.ts'
import type { Heartbeat } from '../wire/heartbeat.ts'
import { enterpriseSchema, groupSchema, person, team, where } from '../wire/people.ts'
import { refusal } from '../wire/refusal.ts'

/** Texts that mean something in a filter (RFC 4515), a DN (RFC 4514), LDIF, SQL or JSON, and those that look like others. */
const texts: readonly string[] = [
  // filters
  '*',
  '**',
  'a*',
  '*)(uid=*',
  'x)(|(uid=*',
  '*))(|(objectClass=*',
  'bystander)(objectClass=*',
  '(|(',
  ')(',
  '((',
  '))',
  '(uid=bystander)',
  '(&)',
  '(|)',
  '(!(uid=x))',
  '&(uid=*)',
  '|(uid=*)',
  '\\2a',
  '\\2A)(uid=\\2a',
  '\\28uid=\\2a\\29',
  '\\00',
  '\\',
  '\\\\',
  '\\x',
  'x\\',
  'uid:caseExactMatch:=x',
  ':dn:=x',
  '>=a',
  '<=zzz',
  '~=x',
  '=',
  '==',
  // names
  'uid=bystander',
  'uid=bystander,ou=people,SUFFIX',
  'uid=admin,SUFFIX',
  'cn=admin,SUFFIX',
  'cn=config',
  ',ou=people',
  'x,ou=services,SUFFIX',
  'x,SUFFIX',
  '+cn=x',
  'x+cn=y',
  'x+objectClass=top',
  'x\\,ou=services',
  'x\\2cou=services',
  '#04',
  '#0403414243',
  '#',
  '##',
  'a#b',
  '"x"',
  '"',
  '"x,y"',
  ';',
  'x;y',
  '<x>',
  '>',
  '<file:///etc/passwd',
  ':< file:///etc/passwd',
  'x=y',
  'x,,y',
  ',',
  ',,',
  '+',
  '++',
  '=,=',
  '1.2.3.4=x',
  'OID.2.5.4.3=x',
  'cn=Placeholder',
  'placeholder',
  // LDIF and lines
  'x\ndn: uid=evil,ou=people,SUFFIX',
  'x\r\nobjectClass: top',
  'dn: x',
  '- ',
  '-',
  '::',
  'a\tb',
  'a\vb',
  'a\fb',
  'a\u001bb',
  'a\u007fb',
  'a\u0085b',
  // others' languages
  "' OR '1'='1",
  "'; DROP TABLE person; --",
  '"; DROP TABLE x; --',
  '%',
  '_',
  '$1',
  '?',
  ':login',
  '@x',
  '${7*7}',
  '{{7*7}}',
  '{userName}',
  '`id`',
  '$(id)',
  '| id',
  '{"a":1}',
  '[]',
  '{}',
  'null',
  'undefined',
  'true',
  'FALSE',
  'NaN',
  '0',
  '-1',
  '007',
  '1e3',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'objectClass',
  'entryDN',
  '{SSHA}x',
  '{CRYPT}x',
  '{0}x',
  '../../etc/passwd',
  '..',
  '.',
  '<script>alert(1)</script>',
  '%00',
  '%2a',
  '&amp;',
  // letters
  'é',
  'e\u0301',
  'Å',
  'A\u030a',
  '\u212b',
  'ﬁ',
  'fi',
  'ß',
  'ẞ',
  'ss',
  'İ',
  'ı',
  'i\u0307',
  'K',
  '\u212a',
  'ς',
  'σ',
  'Σ',
  'ǆ',
  'ｆｕｌｌ',
  '①',
  '½',
  '﷽',
  '日本語',
  '한국어',
  '\u1112\u1161\u11ab',
  '𝒳',
  '😀',
  '👨‍👩‍👧',
  '🇩🇪',
  'שלום',
  'مرحبا',
  '\u202etxt.exe',
  '\u200fx',
  'a\u200bb',
  '\u200b',
  'a\u200db',
  'a\u00adb',
  'a\ufeffb',
  '\ufeff',
  'a\u2028b',
  'a\u2029b',
  'a\u2060b',
  'a\u034fb',
  'a\ufffcb',
  'a\ufffdb',
  'a\ue000b',
  'a\ufdd0b',
  'a\uffffb',
  'a\u{10ffff}b',
  'a\u{e0001}b',
  'a\u{e0100}b',
  'a\ufe0fb',
  'a\u0340b',
  'a\u180eb',
  'a\u0301\u0323b',
  'a\u0323\u0301b',
  '\u0301',
  'Z\u0351\u036b\u0343\u036a\u0302\u036b',
  // blanks
  ' x',
  'x ',
  '  x  ',
  'x  y',
  ' ',
  '   ',
  '\u00a0',
  'x\u00a0y',
  '\u3000x',
  '\u2003',
  '\t',
  '\n',
  '#x ',
  ' #x',
  // sizes
  'x'.repeat(64),
  'x'.repeat(200),
  'x'.repeat(255),
  'x'.repeat(256),
  'x'.repeat(300),
  'x'.repeat(1_000),
  'x'.repeat(10_000),
  ','.repeat(100),
  ','.repeat(300),
  '*'.repeat(200),
  '*'.repeat(3_000),
  '('.repeat(3_000),
  '\\'.repeat(300),
  'é'.repeat(300),
  '😀'.repeat(300),
  '\u0301'.repeat(300),
  ' '.repeat(300),
]

/** What no text can hold. */
const unspeakable: readonly string[] = ['\u0000', 'a\u0000b', 'a\u0000', '\u0000*)(uid=*', '\ud800', 'a\udc00b']

interface Place {
  /** As a client writes it. */
  readonly path: string
  /** What an answer about it must say. */
  readonly name: string
  readonly shown: (body: JsonObject) => unknown
}

const inner = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value)

const places: readonly Place[] = [
  { path: 'displayName', name: 'displayName', shown: (body) => body['displayName'] },
  { path: 'title', name: 'title', shown: (body) => body['title'] },
  { path: 'name.familyName', name: 'name.familyName', shown: (body) => inner(body, 'name', 'familyName') },
  { path: 'externalId', name: 'externalId', shown: (body) => body['externalId'] },
  { path: 'preferredLanguage', name: 'preferredLanguage', shown: (body) => body['preferredLanguage'] },
  {
    path: 'emails[type eq "work"].value',
    name: 'emails',
    shown: (body) => inner(body, 'emails', 0, 'value'),
  },
  {
    path: 'phoneNumbers[type eq "work"].value',
    name: 'phoneNumbers',
    shown: (body) => inner(body, 'phoneNumbers', 0, 'value'),
  },
  {
    path: `${enterpriseSchema}:department`,
    name: 'department',
    shown: (body) => inner(body, enterpriseSchema, 'department'),
  },
  { path: 'userName', name: 'userName', shown: (body) => body['userName'] },
]

const operators = ['eq', 'co'] as const

/** What the matching rules of a directory make of a text, at the very most (RFC 4518). */
const prepared = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\p{Cf}\p{Cc}\p{M}\ufffc\ufe0f]/gu, '')
    .replaceAll('ς', 'σ')
    .replace(/[\s\p{Z}-]+/gu, '')

await describeServer('openldap', 'hostile values in a directory', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beat: Heartbeat
    let before: string
    let bystander: string
    let secrets: readonly string[]
    const dump = async (): Promise<string> =>
      JSON.stringify((await everything(place.directory.client(), place.directory.suffix)) as unknown)
    const named = (text: string): string => text.replaceAll('SUFFIX', place.directory.suffix)

    beforeAll(async () => {
      place = await ldapPlace(server, {
        overlays,
        ldif: [
          personLdif('bystander'),
          groupLdif('bystanders', [dnOf('bystander')]),
          'dn: uid=far,ou=services,SUFFIX\nobjectClass: inetOrgPerson\nuid: far\ncn: far\nsn: far\nmail: far@example.com\n',
        ].join('\n'),
      })
      const { suffix, account, admin } = place.directory
      secrets = [suffix, 'ou=people', 'ou=groups', account.dn, account.password, admin.dn, 'result code', 'slapd']
      const found = await place.client.get(`/Users${where('userName eq "bystander"')}`)
      bystander = String(inner(found.body, 'Resources', 0, 'id'))
      before = await dump()
    })
    afterAll(() => place.close())
    beforeEach(() => {
      beat = heartbeat(place.client, `/Users/${bystander}`)
    })
    afterEach(async () => {
      const { slowest, statuses } = await beat.stop()
      expect([...statuses]).toEqual([200])
      expect(slowest).toBeLessThan(1_000)
    })

    /** Nothing of the directory is told, save what the client said itself. */
    const quiet = (answer: Answer, said: string): void => {
      const told = answer.text.toLowerCase()
      for (const secret of secrets) if (!said.includes(secret)) expect(told).not.toContain(secret.toLowerCase())
    }
    /** Taken to the letter, or refused by the name of the attribute. */
    const outcome = (answer: Answer, said: string, { name, shown }: Place): 'taken' | 'refused' => {
      const what = `${name}: ${JSON.stringify(said.slice(0, 60))}: ${answer.status} ${answer.text.slice(0, 300)}`
      quiet(answer, said)
      expect(answer.status, what).toBeLessThan(500)
      if (answer.status < 300) {
        if (answer.status !== 204) expect(shown(answer.body), what).toBe(said)
        return 'taken'
      }
      expect(refusal(answer, what)).toBe('400 invalidValue')
      expect(answer.body['detail'], what).toContain(name)
      return 'refused'
    }

    // what an attribute takes is no matter of overlays
    const some = overlays ? places : places.filter(({ name }) => ['displayName', 'emails', 'userName'].includes(name))
    const tried = overlays ? texts : texts.filter((_, i) => i % 3 === 0)

    it.each(tried.map((text) => [JSON.stringify(text.slice(0, 40)), text]))('%s', async (_, text) => {
      const said = named(text)
      const victim = idIn(await place.client.post('/Users', person('victim')))
      try {
        const taken: Place[] = []
        for (const one of some) {
          const answer = await place.client.patch(`/Users/${victim}`, { op: 'replace', path: one.path, value: said })
          const isTaken = outcome(answer, said, one) === 'taken'
          if (isTaken) taken.push(one)
          await searched(said, one, isTaken ? victim : undefined)
        }
        const { body } = await place.client.get(`/Users/${victim}`)
        for (const one of taken) expect(one.shown(body), one.name).toBe(said)
      } finally {
        expect((await place.client.delete(`/Users/${victim}`)).status).toBe(204)
      }
      await group(said)
      await created(said)
      expect((await dump()) === before, 'something else was changed').toBe(true)
    })

    async function searched(said: string, { path, name, shown }: Place, held?: string): Promise<void> {
      const attribute = path.replace('[type eq "work"]', '')
      const wanted = prepared(said)
      for (const op of operators) {
        const answer = await place.client.post('/Users/.search', {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
          filter: `${attribute} ${op} ${JSON.stringify(said)}`,
        })
        const what = `${attribute} ${op} ${JSON.stringify(said.slice(0, 60))}: ${answer.status} ${answer.text.slice(0, 300)}`
        quiet(answer, said)
        if (answer.status !== 200) {
          expect(refusal(answer, what)).toBe('400 invalidFilter')
          expect(answer.body['detail'], what).toContain(name)
          continue
        }
        for (const found of answer.body['Resources'] as readonly JsonObject[]) {
          const value = prepared(String(shown(found)))
          if (op === 'eq') expect(value, what).toBe(wanted)
          else expect(value, what).toContain(wanted)
        }
        const ids = (answer.body['Resources'] as readonly JsonObject[]).map(({ id }) => id)
        if (held !== undefined) expect(ids, what).toContain(held)
      }
    }

    async function group(said: string): Promise<void> {
      const made = await place.client.post('/Groups', team(said, [bystander]))
      const displayName = places[0] as Place
      if (outcome(made, said, displayName) === 'refused') return
      const path = `/Groups/${String(made.body['id'])}`
      const { body } = await place.client.get(path)
      expect(body).toMatchObject({ displayName: said, members: [{ value: bystander }] })
      const { body: member } = await place.client.get(`/Users/${bystander}`)
      expect((member['groups'] as readonly JsonObject[]).map(({ value }) => value)).toContain(made.body['id'])
      const renamed = await place.client.put(path, { ...team('renamed', [bystander]), schemas: [groupSchema] })
      expect(renamed.status, renamed.text).toBe(200)
      const again = await place.client.patch(path, { op: 'replace', path: 'displayName', value: said })
      expect(outcome(again, said, displayName)).toBe('taken')
      expect((await place.client.get(path)).body['displayName']).toBe(said)
      expect((await place.client.delete(path)).status).toBe(204)
    }

    async function created(said: string): Promise<void> {
      const made = await place.client.post('/Users', { ...person(said), title: 'T' })
      if (outcome(made, said, places.at(-1) as Place) === 'refused') return
      const id = String(made.body['id'])
      const lead = idIn(
        await place.client.post('/Users', {
          ...person('report'),
          [enterpriseSchema]: { manager: { value: id } },
        }),
      )
      expect(inner((await place.client.get(`/Users/${lead}`)).body, enterpriseSchema, 'manager', 'value')).toBe(id)
      for (const one of [lead, id]) expect((await place.client.delete(`/Users/${one}`)).status).toBe(204)
    }

    it.each(unspeakable.map((text) => [JSON.stringify(text), text]))('never %s', async (_, text) => {
      const victim = idIn(await place.client.post('/Users', person('victim')))
      for (const one of places) {
        const answer = await place.client.patch(`/Users/${victim}`, { op: 'replace', path: one.path, value: text })
        expect(refusal(answer, one.name)).toBe('400 invalidValue')
        await searched(text, one)
      }
      expect((await place.client.delete(`/Users/${victim}`)).status).toBe(204)
      for (const [path, body] of [
        ['/Users', person(text)],
        ['/Groups', team(text)],
      ] as const)
        expect(refusal(await place.client.post(path, body), text)).toBe('400 invalidValue')
      expect((await dump()) === before, 'something else was changed').toBe(true)
    })

    it('leads nowhere as an id', async () => {
      for (const text of [...texts, ...unspeakable]) {
        const said = named(text)
        if (said.length > 3_000 || /[\ud800-\udfff](?![\udc00-\udfff])/.test(said)) continue
        const path = `/${encodeURIComponent(said)}`
        for (const type of ['/Users', '/Groups'])
          for (const [method, body] of [
            ['GET', undefined],
            ['PUT', type === '/Users' ? person('taken-over') : team('taken-over')],
            ['DELETE', undefined],
          ] as const) {
            if (['.', '..'].includes(said)) continue
            const answer = await place.client.send(method, type + path, { body })
            quiet(answer, said)
            expect(refusal(answer, `${method} ${type}${path.slice(0, 80)}`)).toMatch(/^(?:404|400 |414|431)/)
          }
      }
      expect((await dump()) === before, 'something was changed').toBe(true)
    })

    it('is nobody as a member or a manager', async () => {
      const crew = idIn(await place.client.post('/Groups', team('crew', [bystander])))
      const whole = await dump()
      for (const text of [...texts, ...unspeakable]) {
        const said = named(text)
        const what = JSON.stringify(said.slice(0, 60))
        const requests = [
          ['PATCH', `/Groups/${crew}`, { op: 'add', path: 'members', value: [{ value: said }] }],
          ['PATCH', `/Users/${bystander}`, { op: 'replace', path: `${enterpriseSchema}:manager.value`, value: said }],
          ['POST', '/Groups', team('made', [bystander, said])],
        ] as const
        for (const [method, path, body] of requests) {
          const answer = await (method === 'POST' ? place.client.post(path, body) : place.client.patch(path, body))
          quiet(answer, said)
          expect(refusal(answer, `${method} ${path} ${what}`)).toBe('400 invalidValue')
        }
        const removed = await place.client.patch(`/Groups/${crew}`, {
          op: 'remove',
          path: `members[value eq ${JSON.stringify(said)}]`,
        })
        quiet(removed, said)
        if (removed.status >= 300) expect(refusal(removed, what)).toMatch(/^400 /)
        for (const filter of [
          `id eq ${JSON.stringify(said)}`,
          `groups.value eq ${JSON.stringify(said)}`,
          `${enterpriseSchema}:manager.value eq ${JSON.stringify(said)}`,
        ]) {
          const found = await place.client.post('/Users/.search', {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
            filter,
          })
          quiet(found, said)
          if (found.status === 200) expect(found.body['totalResults'], what).toBe(0)
          else expect(refusal(found, what)).toBe('400 invalidFilter')
        }
      }
      expect((await dump()) === whole, 'something was changed').toBe(true)
      expect((await place.client.delete(`/Groups/${crew}`)).status).toBe(204)
    })
  })
})
