import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { heartbeat } from '../wire/heartbeat.ts'
import type { Heartbeat } from '../wire/heartbeat.ts'
import { patchOf, person, where } from '../wire/people.ts'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'
import { refusal } from '../wire/refusal.ts'

const searchRequest = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const deep = 5000

const filters: readonly string[] = [
  '',
  ' ',
  '"',
  'userName',
  'userName eq',
  'eq "x"',
  'userName eq "x',
  'userName eq x"',
  "userName eq 'x'",
  'userName = "x"',
  'userName eq "x" and',
  'and userName eq "x"',
  'userName eq "x" or or userName eq "y"',
  'userName eq "x" userName eq "y"',
  'userName eq "x" ; DROP TABLE x',
  'userName eq "x" --',
  'userName eq "x" UNION SELECT 1',
  '(userName eq "x"',
  'userName eq "x")',
  '()',
  'not userName eq "x"',
  'not',
  'userName regex "x"',
  'userName like "%"',
  'userName eq "\\x"',
  'userName eq "a\u0000b',
  'userName pr "x"',
  'emails[',
  'emails[]',
  'emails[type eq "work"',
  'emails[type eq "work"]]',
  'emails[emails[type eq "work"]]',
  'emails[0].value eq "x"',
  'userName[value eq "x"]',
  '/userName eq "x"',
  '$.userName eq "x"',
  'user name eq "x"',
  'userName. eq "x"',
  '.userName eq "x"',
  'name..givenName eq "x"',
  'name.givenName.more eq "x"',
  '1 eq 1',
  '1=1',
  'true',
  '*',
  '%',
  'active gt true',
  'active eq "perhaps"',
  'userName eq {"a":1}',
  'userName eq ["x"]',
  'password eq "secret"',
  'password sw "s"',
  'password pr',
  'userName eq "x" and password eq "y"',
  'not (password eq "y")',
  '__proto__ eq "x"',
  'constructor pr',
  'toString pr',
  'hasOwnProperty eq "x"',
  'name.__proto__ eq "x"',
  'emails[constructor eq "x"]',
  'urn:ietf:params:scim:schemas:core:2.0:User:__proto__ eq "x"',
  'urn:nothing:known:userName eq "x"',
  `${'('.repeat(deep)}userName pr${')'.repeat(deep)}`,
  `${'not ('.repeat(deep)}userName pr${')'.repeat(deep)}`,
  '('.repeat(deep),
  `${'emails['.repeat(deep)}type pr${']'.repeat(deep)}`,
  Array.from({ length: deep }, () => 'userName pr').join(' and '),
  `userName eq "${'x'.repeat(20_000)}"`,
]

const paths: readonly string[] = [
  ' ',
  '.',
  'nosuch',
  'userName.sub',
  'name.nosuch',
  'name.',
  '.name',
  'name..givenName',
  'emails[0]',
  'emails[0].value',
  '/userName',
  '/emails/0',
  'emails[',
  'emails[]',
  'emails[type eq "work"',
  'emails[type eq "work"].',
  'emails[type eq "work"].nosuch',
  'emails[type eq "work"].value.more',
  'emails[type eq "work"][value pr].value',
  'emails[nosuch eq "work"].value',
  'userName[value eq "x"]',
  'userName eq "x"',
  'urn:nothing:known:userName',
  'urn:ietf:params:scim:schemas:core:2.0:User:nosuch',
  "title'; DROP TABLE x; --",
  'title"',
  'title\u0000',
  `${'name.'.repeat(deep)}givenName`,
  `emails[${'('.repeat(deep)}type pr${')'.repeat(deep)}].value`,
  `emails[${'not ('.repeat(deep)}type pr${')'.repeat(deep)}].value`,
]

describe.each(['demo', 'conformance-sqlite'] as const)('bad queries and paths against %s', (name) => {
  let server: Stand
  let beat: Heartbeat
  let before: string
  let user = ''
  beforeAll(async () => {
    server = await stand(name, { profile: 'strict' })
    user = String((await server.post('/Users', person('steady'))).body['id'])
    before = server.dump()
  })
  afterAll(async () => server?.stop())
  beforeEach(() => {
    beat = heartbeat(server)
  })
  afterEach(async () => {
    const { slowest, statuses } = await beat.stop()
    expect(server.dump() === before, 'something was changed').toBe(true)
    expect([...statuses]).toEqual([200])
    expect(slowest).toBeLessThan(1000)
  })

  it.each(filters.map((filter) => [filter.slice(0, 60), filter]))('refuses the filter %s', async (_, filter) => {
    const got = await server.get(`/Users${where(filter)}`)
    // what is too long for a URL never gets as far as being read
    expect(['400 invalidFilter', '414', '431']).toContain(refusal(got, filter.slice(0, 100)))
    const searched = await server.post('/Users/.search', { schemas: [searchRequest], filter })
    expect(refusal(searched, filter.slice(0, 100))).toBe('400 invalidFilter')
  })

  it.each(paths.map((path) => [path.slice(0, 60), path]))('refuses the path %s', async (_, path) => {
    for (const operation of [
      { op: 'replace', path, value: 'x' },
      { op: 'add', path, value: 'x' },
      { op: 'remove', path },
    ]) {
      const answer = await server.send('PATCH', `/Users/${user}`, { body: patchOf(operation) })
      expect(['400 invalidPath', '400 invalidFilter', '400 noTarget']).toContain(
        refusal(answer, JSON.stringify(operation).slice(0, 200)),
      )
    }
  })

  const words = ["'; DROP TABLE x; --", 'userName; SELECT 1', 'userName DESC, 1', '1', '(SELECT 1)', 'nosuch', 'name']
  it.each([...words, '__proto__', 'constructor', 'toString', 'password'])('refuses sortBy=%s', async (word) => {
    const answer = await server.get(`/Users?sortBy=${encodeURIComponent(word)}`)
    expect(refusal(answer, word)).toMatch(/^400 (?:invalidValue|invalidPath)$/)
  })

  it.each(['descending; DROP TABLE x', 'up', '__proto__', "asc'", '1'])('refuses sortOrder=%s', async (word) => {
    const answer = await server.get(`/Users?sortBy=userName&sortOrder=${encodeURIComponent(word)}`)
    expect(refusal(answer, word)).toBe('400 invalidValue')
  })

  it.each(['x', '1.5', '1e3', '0x10', '1;DROP TABLE x', '١', 'NaN', 'Infinity', '1 OR 1=1'])(
    'refuses startIndex and count %s',
    async (word) => {
      for (const parameter of ['startIndex', 'count']) {
        const answer = await server.get(`/Users?${parameter}=${encodeURIComponent(word)}`)
        expect(refusal(answer, `${parameter}=${word}`)).toBe('400 invalidValue')
      }
    },
  )

  it.each(['-1', '0', '-99999999999999999999', '99999999999999999999', '2147483648'])(
    'bounds startIndex and count %s (RFC 7644 section 3.4.2.4)',
    async (word) => {
      for (const parameter of ['startIndex', 'count']) {
        const answer = await server.get(`/Users?${parameter}=${word}`)
        expect(answer.status, answer.text.slice(0, 300)).toBe(200)
        expect(Number.isSafeInteger(answer.body['totalResults'])).toBe(true)
        expect((answer.body['Resources'] as readonly unknown[] | undefined)?.length ?? 0).toBeLessThanOrEqual(1000)
      }
    },
  )

  it.each([...words.filter((word) => word !== 'name'), '__proto__', 'constructor', 'toString', '*', 'password'])(
    'shows nothing for attributes=%s',
    async (word) => {
      const answer = await server.get(`/Users/${user}?attributes=${encodeURIComponent(word)}`)
      if (answer.status !== 200) return void refusal(answer, word)
      // RFC 7644 section 3.9: the minimum set, whatever was asked for in vain
      expect(Object.keys(answer.body).toSorted()).toEqual(['id', 'schemas'])
      const without = await server.get(`/Users/${user}?excludedAttributes=${encodeURIComponent(word)}`)
      expect(without.body).toEqual((await server.get(`/Users/${user}`)).body)
    },
  )

  it.each([
    ['a URL that is too long', `/Users?filter=${'x'.repeat(40_000)}`, /^4(?:14|31)$/],
    ['an escape that is none', '/Users/%zz', /^40[04]/],
    ['half an escape', '/Users/%', /^40[04]/],
    ['a broken byte', '/Users/%ff', /^40[04]/],
    ['a broken byte in a filter', '/Users?filter=userName+eq+%22%ff%22', /^400 invalidFilter$/],
    ['an escape that is none in a filter', '/Users?filter=userName+eq+%22%zz%22', /^400 invalidFilter$/],
    ['two filters', '/Users?filter=userName+eq+%22a%22&filter=userName+pr', /^400/],
    ['a type that is none', '/__proto__', /^404$/],
    ['another type that is none', '/constructor/1', /^404$/],
    ['a schema that is none', '/Schemas/__proto__', /^404$/],
    ['a resource type that is none', '/ResourceTypes/toString', /^404$/],
    ['a version that is none', '/../v9/Users', /^(?:400 invalidVers|404)$/],
    ['a way out', '/Users/../../../../etc/passwd', /^404$/],
    ['an encoded way out', '/Users/..%2f..%2f..%2fetc%2fpasswd', /^404$/],
  ])('refuses %s', async (what, path, wanted) => {
    expect(refusal(await server.get(path), what)).toMatch(wanted)
  })

  it.each([
    ['DELETE', '/Users'],
    ['PUT', '/Users'],
    ['PATCH', '/Users'],
    ['DELETE', '/Schemas'],
    ['POST', '/ServiceProviderConfig'],
    ['PATCH', '/ResourceTypes/User'],
    ['PROPFIND', '/Users'],
    ['TRACE', '/Users'],
  ])('refuses %s %s', async (method, path) => {
    const answer = await server.send(method, path, method === 'TRACE' ? {} : { body: {} })
    expect(refusal(answer, `${method} ${path}`)).toMatch(/^(?:405|404)$/)
  })
})
