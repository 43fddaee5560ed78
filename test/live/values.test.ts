import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject } from '../../src/base/json.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import type { Database } from '../servers/fresh-database.ts'
import type { SqlServerKind } from '../servers/server.ts'
import { describeServer } from '../servers/with-server.ts'
import { patchOf, person, team, where } from '../wire/people.ts'
import { refusal } from '../wire/refusal.ts'
import { kinds, people, serve } from './people.ts'
import type { Live } from './people.ts'

const staff = 'urn:example:params:scim:schemas:staff:2.0:User'
const of = (name: string, value: Json): JsonObject => ({ [staff]: { [name]: value } })

/**
 * What is sent, the attribute that a refusal has to name, and the servers whose column cannot hold it. Where it can be
 * held, it has to come back as it was sent.
 */
const table: readonly (readonly [string, JsonObject, string, readonly SqlServerKind[]])[] = [
  ['text as long as the column', { title: 'x'.repeat(20) }, 'title', []],
  ['as many astral characters', { title: '😀'.repeat(20) }, 'title', []],
  ['one character too long', { title: 'x'.repeat(21) }, 'title', kinds],
  // servers cut blanks off the end without a word (https://www.postgresql.org/docs/current/datatype-character.html)
  ['too long by blanks', { title: `${'x'.repeat(20)}     ` }, 'title', kinds],
  ['text with blanks at the end', { title: 'x  ' }, 'title', []],
  ['much too long', { title: 'x'.repeat(100_000) }, 'title', kinds],
  ['a name within a name', { name: { familyName: 'y'.repeat(61) } }, 'name.familyName', kinds],
  ['a value in a row', { emails: [{ value: `${'z'.repeat(60)}@example.com`, type: 'work' }] }, 'emails', kinds],
  // the person has a column of that name, too
  [
    'a second value in a row',
    { emails: [{ value: 'd@example.com', display: 'd'.repeat(21) }] },
    'emails.display',
    kinds,
  ],
  ['beyond what CHAR holds', { preferredLanguage: 'en-GB-oed' }, 'preferredLanguage', kinds],
  ['a tiny text too long in bytes', { timezone: 'é'.repeat(128) }, 'timezone', ['mariadb']],
  ['outside latin1', { nickName: 'ニック' }, 'nickName', ['mariadb']],
  ['inside latin1', { nickName: 'Zoë €' }, 'nickName', []],
  ['outside ASCII', { locale: 'dé' }, 'locale', ['mariadb']],
  ['four bytes in utf8mb3', { displayName: 'Smile 😀' }, 'displayName', ['mariadb']],
  ['three bytes in utf8mb3', { displayName: 'ニック' }, 'displayName', []],
  ['a NUL', { title: 'a\u0000b' }, 'title', kinds],
  ['a NUL in a row', { emails: [{ value: 'a\u0000b@example.com', type: 'work' }] }, 'emails', kinds],
  ['a word of the enumeration', { userType: 'Contractor' }, 'userType', []],
  ['no word of the enumeration', { userType: 'Boss' }, 'userType', kinds],
  // MySQL takes a number for the place of a word, and any case (https://dev.mysql.com/doc/refman/8.4/en/enum.html)
  ['the place of a word', { userType: '1' }, 'userType', kinds],
  ['a word in another case', { userType: 'employee' }, 'userType', kinds],
  ['the largest integer', of('grade', 32_767), 'grade', []],
  ['an integer too large', of('grade', 32_768), 'grade', kinds],
  ['an integer too small', of('grade', -40_000), 'grade', kinds],
  ['an integer beyond all columns', of('grade', 9_007_199_254_740_991), 'grade', kinds],
  ['a decimal that fits', of('rate', 123.45), 'rate', []],
  ['a decimal too large', of('rate', 1234.5), 'rate', kinds],
  // servers round the rest away without a word
  ['a decimal too fine', of('rate', 12.345), 'rate', kinds],
  ['a decimal beyond all columns', of('rate', 1e300), 'rate', kinds],
  ['a time', of('hired', '2026-03-04T05:06:07Z'), 'hired', []],
  ['a time in another zone', of('hired', '2026-03-04T05:06:07+05:00'), 'hired', []],
  ['a time too fine', of('hired', '2026-03-04T05:06:07.123Z'), 'hired', ['mariadb']],
]

/** Of a resource what was sent, times by their instant. */
function sentPart(resource: JsonObject, sent: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(sent).map(([key, value]) => {
      const held = resource[key] ?? null
      return [key, isObject(value) && isObject(held) ? sentPart(held, value) : normal(held)]
    }),
  )
}
const normal = (value: Json): Json => {
  const text = JSON.stringify(value).replace(/"(\d{4}-\d\d-\d\dT[^"]+)"/g, (_, time: string) =>
    JSON.stringify(new Date(time).toISOString()),
  )
  return JSON.parse(text) as Json
}

for (const kind of kinds) {
  await describeServer(kind, `values on ${kind}`, (server) => {
    let database: Database
    let live: Live
    let path: string
    beforeAll(async () => {
      database = await people(server)
      live = await serve(kind, { url: database.url })
      const made = await live.post(
        '/Users',
        person('held', { title: 'Before', emails: [{ value: 'held@example.com', type: 'work' }] }),
      )
      expect(made.status, made.text).toBe(201)
      path = `/Users/${String(made.body['id'])}`
    })
    afterAll(async () => {
      await live?.stop()
      await database?.drop()
    })

    it.each(table)('%s', async (what, sent, attribute, refusing) => {
      const before = (await live.get(path)).body
      const userName = `new ${what}`
      const made = await live.post('/Users', person(userName, sent))
      const changed = await live.patch(path, { op: 'replace', value: sent })
      if (refusing.includes(kind)) {
        for (const answer of [made, changed]) {
          expect(refusal(answer, what)).toBe('400 invalidValue')
          expect(String(answer.body['detail'])).toContain(attribute)
        }
        expect((await live.get(path)).body).toEqual(before)
        expect((await live.get(`/Users${where(`userName eq "${userName}"`)}`)).body['totalResults']).toBe(0)
      } else {
        expect([made.status, changed.status], `${made.text}\n${changed.text}`).toEqual([201, 200])
        for (const { body } of [made, changed, await live.get(path)]) expect(sentPart(body, sent)).toEqual(normal(sent))
      }
    })

    it.each([
      ['a userName that is too long', '/Users', person('u'.repeat(61)), 'userName'],
      ['the name of a group', '/Groups', team('g'.repeat(41)), 'displayName'],
    ])('%s', async (what, endpoint, body, attribute) => {
      const answer = await live.post(endpoint, body)
      expect(refusal(answer, what)).toBe('400 invalidValue')
      expect(String(answer.body['detail'])).toContain(attribute)
    })

    describe('a question with a value that no column holds', () => {
      it.each([
        [`title eq "${'x'.repeat(500)}"`, 0],
        [`title co "${'x'.repeat(500)}"`, 0],
        ['title eq "a\\u0000b"', undefined],
        ['title sw "a\\u0000"', undefined],
        ['emails.value co "\\u0000"', undefined],
        ['nickName eq "ニック"', undefined],
        ['displayName eq "😀"', 0],
        ['locale eq "dé"', undefined],
        ['userType eq "Boss"', 0],
        ['userType eq "1"', 0],
        ['userType co "oss"', 0],
        ['userType eq ""', 0],
        [`${staff}:grade eq 40000`, 0],
        [`${staff}:grade gt 9007199254740991`, 0],
        [`${staff}:grade eq 1.5`, undefined],
        [`${staff}:rate eq 12.345`, 0],
        [`${staff}:rate gt 1e300`, 0],
        [`${staff}:hired eq "0001-01-01T00:00:00Z"`, 0],
        [`${staff}:hired gt "9999-12-31T23:59:59.999Z"`, 0],
      ])('is answered: %s', async (filter, total) => {
        const answer = await live.get(`/Users${where(filter)}`)
        if (answer.status === 200) {
          if (total !== undefined) expect(answer.body['totalResults'], answer.text).toBe(total)
        } else expect(['400 invalidFilter', '400 invalidValue']).toContain(refusal(answer, filter))
      })

      it.each([
        'p99999999999999999999',
        'p-1',
        'p1e0',
        'p01',
        'p1%20',
        'p%00',
        'p1%00',
        'pé',
        'p',
        't1',
        '%F0%9F%98%80',
      ])('is a record that does not exist: %s', async (id) => {
        for (const answer of [await live.get(`/Users/${id}`), await live.delete(`/Users/${id}`)])
          expect(refusal(answer, id)).toMatch(/^(?:404|400 invalidSyntax)$/)
        const patched = await live.send('PATCH', `/Users/${id}`, {
          body: patchOf({ op: 'replace', path: 'title', value: 'x' }),
        })
        expect(refusal(patched, id)).toMatch(/^(?:404|400 invalidSyntax)$/)
      })

      it('is a member that does not exist', async () => {
        for (const value of ['p99999999999999999999', 'p\u0000', 'p1e0', '😀']) {
          const answer = await live.post('/Groups', team(`of ${JSON.stringify(value)}`, [value]))
          expect(refusal(answer, value)).toBe('400 invalidValue')
        }
      })
    })
  })
}
