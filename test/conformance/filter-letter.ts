import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { Answer } from '../wire/client.ts'
import { enterpriseSchema, groupSchema, userSchema, where } from '../wire/people.ts'
import type { Served } from '../wire/playground.ts'

const searchRequest = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

const people: readonly JsonObject[] = [
  {
    userName: 'ada',
    title: 'Engineer',
    nickName: 'Zo\u00eb',
    active: true,
    emails: [
      { value: 'ada@example.com', type: 'work', primary: true },
      { value: 'ada@home.example', type: 'home' },
    ],
    [enterpriseSchema]: { department: 'Sales', employeeNumber: '007' },
  },
  {
    userName: 'bob',
    title: 'a"b\\c',
    displayName: 'Bob (West) [x] and "more"',
    active: false,
    emails: [{ value: 'bob@example.com', type: 'home' }],
  },
  { userName: 'cy', nickName: 'Zoe\u0308', active: true },
  {
    userName: 'dee',
    active: true,
    emails: [{ value: 'dee@example.org', type: 'other' }],
    [enterpriseSchema]: { manager: { value: '${ada}' } },
  },
]
const teams: readonly JsonObject[] = [
  { displayName: 'Team One', members: [{ value: '${ada}' }, { value: '${bob}' }] },
  { displayName: 'Team Two' },
]

type Case = readonly [endpoint: '/Users' | '/Groups' | '/', filter: string, names: string]

const users = 'ada bob cy dee'

/** Names of what a filter selects, as RFC 7644 section 3.4.2.2 has it. */
const cases: readonly Case[] = [
  // negation is of the whole condition, whatever other values there are
  ['/Users', 'not (emails.type eq "work")', 'bob cy dee'],
  ['/Users', 'emails.type ne "work"', 'bob cy dee'],
  ['/Users', 'not (emails.type ne "work")', 'ada'],
  ['/Users', 'not (emails pr)', 'cy'],
  ['/Users', 'emails eq null', 'cy'],
  ['/Users', 'emails ne null', 'ada bob dee'],
  ['/Users', 'not (not (userName eq "ada"))', 'ada'],
  ['/Users', 'not (emails[type eq "home" and value co "example.com"])', 'ada cy dee'],
  ['/Users', 'not (emails[primary eq true])', 'bob cy dee'],
  ['/Users', 'not (title pr) and not (nickName pr)', 'dee'],
  // within a value path it is of one element
  ['/Users', 'emails[not (type eq "work")]', 'ada bob dee'],
  ['/Users', 'emails[type ne "work"]', 'ada bob dee'],
  ['/Users', 'emails[type eq "work" and not (primary eq true)]', ''],
  ['/Users', 'emails[(type eq "work" or type eq "home") and not (value ew ".example")]', 'ada bob'],
  ['/Users', 'emails[not (type eq "work" or type eq "home")]', 'dee'],
  ['/Users', 'emails[not (not (value sw "ada@h"))]', 'ada'],
  ['/Users', 'emails.type eq "work" and emails.value co "home"', 'ada'],
  ['/Users', 'emails[type eq "work" and value co "home"]', ''],
  // grouping and precedence
  ['/Users', 'userName eq "ada" or userName eq "bob" and active eq true', 'ada'],
  ['/Users', '(userName eq "ada" or userName eq "bob") and active eq false', 'bob'],
  ['/Users', '(((userName eq "ada") or ((title pr) and (not (active eq true)))))', 'ada bob'],
  ['/Users', 'NOT (userName EQ "ADA") AND (title PR OR nickName pR)', 'bob cy'],
  ['/Users', 'not (userName eq "ada" or (userName eq "bob" and not (emails.type eq "work")))', 'cy dee'],
  // order of text is by code point of what is compared
  ['/Users', 'userName gt "c"', 'cy dee'],
  ['/Users', 'userName le "BOB"', 'ada bob'],
  ['/Users', 'userName ge "dee" or userName lt "b"', 'ada dee'],
  // schemas
  ['/Users', `schemas eq "${userSchema}"`, users],
  ['/Users', `schemas eq "${enterpriseSchema}"`, 'ada dee'],
  ['/Users', `not (schemas eq "${enterpriseSchema}")`, 'bob cy'],
  ['/Users', 'schemas co "extension:enterprise"', 'ada dee'],
  ['/Users', `schemas[value eq "${enterpriseSchema}"]`, 'ada dee'],
  ['/Users', `schemas eq "${groupSchema}"`, ''],
  // meta
  ['/Users', 'meta.resourceType eq "User"', users],
  ['/Users', 'meta.resourceType eq "user"', ''],
  ['/Users', 'meta.resourceType eq "Group"', ''],
  ['/Users', 'meta.created le "2999-01-01T00:00:00Z" and meta.lastModified ge "2000-01-01T00:00:00+14:00"', users],
  ['/Users', 'meta.created gt "2999-01-01T00:00:00Z"', ''],
  ['/Users', 'meta.location ew "/Users/${ada}"', 'ada'],
  ['/Users', 'meta.version pr and meta pr', users],
  ['/Users', 'meta[resourceType eq "User"]', users],
  // extensions, with their URN and without
  ['/Users', `${enterpriseSchema}:department eq "SALES"`, 'ada'],
  ['/Users', 'URN:IETF:params:scim:schemas:extension:enterprise:2.0:user:DEPARTMENT eq "sales"', 'ada'],
  ['/Users', 'department eq "sales"', 'ada'],
  ['/Users', `not (${enterpriseSchema}:department pr)`, 'bob cy dee'],
  ['/Users', `${enterpriseSchema}:employeeNumber eq "007"`, 'ada'],
  ['/Users', `${enterpriseSchema}:manager.value eq "\${ada}"`, 'dee'],
  ['/Users', `${enterpriseSchema}:manager[value eq "\${ada}"]`, 'dee'],
  ['/Users', 'manager pr', 'dee'],
  ['/Users', `${enterpriseSchema}:manager.$ref ew "/Users/\${ada}"`, 'dee'],
  // references
  ['/Groups', 'members.$ref ew "/Users/${ada}"', 'Team One'],
  ['/Groups', 'members[$ref co "/Users/" and value eq "${bob}"]', 'Team One'],
  ['/Groups', 'members[value eq "${bob}" and type eq "User"]', 'Team One'],
  ['/Groups', 'members[not (value eq "${bob}")]', 'Team One'],
  ['/Groups', 'not (members[value eq "${bob}"])', 'Team Two'],
  ['/Groups', 'members.value eq "${cy}"', ''],
  ['/Groups', 'not (members pr)', 'Team Two'],
  ['/Users', 'groups.$ref co "/Groups/"', 'ada bob'],
  ['/Users', 'groups.display eq "team one"', 'ada bob'],
  ['/Users', 'not (groups pr)', 'cy dee'],
  // escapes, and what means something in SQL and LDAP
  ['/Users', String.raw`title eq "a\"b\\c"`, 'bob'],
  ['/Users', String.raw`title eq "\u0061\u0022b\u005cc"`, 'bob'],
  ['/Users', String.raw`title co "\\"`, 'bob'],
  ['/Users', 'displayName co "(West) [x] and "', 'bob'],
  ['/Users', String.raw`displayName ew "\"more\""`, 'bob'],
  ['/Users', 'title co "%" or title co "_" or title co "*" or userName sw "*"', ''],
  ['/Users', String.raw`title eq "\u0000"`, ''],
  // Unicode: composed and decomposed are the same text
  ['/Users', 'nickName eq "Zo\u00eb"', 'ada cy'],
  ['/Users', 'nickName eq "Zoe\u0308"', 'ada cy'],
  ['/Users', 'nickName eq "ZO\u00cb"', 'ada cy'],
  ['/Users', String.raw`nickName sw "zo\u00eb"`, 'ada cy'],
  ['/Users', 'nickName eq "Zoe"', ''],
  // several types at once
  ['/', 'displayName eq "team one" or userName eq "ada"', 'Team One ada'],
  ['/', 'not (members pr)', `Team Two ${users}`],
  ['/', 'userName ne "ada"', 'Team One Team Two bob cy dee'],
  ['/', 'userName eq null', 'Team One Team Two'],
  ['/', 'meta.resourceType eq "Group" and not (displayName eq "Team One")', 'Team Two'],
  ['/', '(meta.resourceType eq "User") or (meta.resourceType eq "Group")', `Team One Team Two ${users}`],
  ['/', `schemas eq "${groupSchema}" or schemas eq "${enterpriseSchema}"`, 'Team One Team Two ada dee'],
  ['/', 'id eq "${ada}" or members.value eq "${ada}"', 'Team One ada'],
  ['/', `${groupSchema}:displayName sw "team"`, 'Team One Team Two'],
  ['/', 'emails[type eq "work"] or displayName ew "two"', 'Team Two ada'],
]

/** What no filter may be (RFC 7644 section 3.4.2.2, figure 1 and table 3). */
const refused: readonly string[] = [
  '',
  ' ',
  'userName',
  'userName pr pr',
  'userName pr and',
  'and userName pr',
  'userName pr or or title pr',
  'not userName pr',
  'not (userName pr',
  'userName pr)',
  '()',
  'emails[type eq "work"',
  'emails[]',
  'emails[].value eq "x"',
  'emails[emails[type eq "a"]]',
  'emails[nope eq "x"]',
  'emails.nope eq "x"',
  'userName[value eq "x"]',
  'name eq "x"',
  'nope pr',
  'urn:example:nope:userName pr',
  `${enterpriseSchema}:nope pr`,
  'active gt true',
  'active co "t"',
  'x509Certificates.value gt "AA"',
  'active eq "true"',
  'title eq 5',
  'title gt null',
  "userName eq 'ada'",
  'userName eq ada',
  'userName regex "a"',
  'meta.created gt "yesterday"',
  'userName eq "ada',
  String.raw`title eq "\x"`,
  String.raw`title eq "\ud83d"`,
  'password eq "x"',
  `${'('.repeat(33)}id pr${')'.repeat(33)}`,
  `${'not ('.repeat(33)}id pr${')'.repeat(33)}`,
]

const nameOf = (resource: JsonObject): string => String(resource['userName'] ?? resource['displayName'])

const outcome = ({ status, body }: Answer): string =>
  status === 200
    ? (body['Resources'] as readonly JsonObject[]).map(nameOf).sort().join(' ')
    : `${status} ${String(body['scimType'])}`

/** Filters to the letter of RFC 7644, by GET and by POST. `open` gives an empty, strict bridge. */
export function holdFilterLetter(open: () => Promise<Served>): void {
  describe('filters to the letter', () => {
    let server: Served
    const ids = new Map<string, string>()
    const fill = (text: string): string => text.replace(/\$\{(\w+)\}/g, (whole, name: string) => ids.get(name) ?? whole)
    const make = async (path: string, schema: string, resource: JsonObject): Promise<void> => {
      const filled = JSON.parse(fill(JSON.stringify(resource))) as JsonObject
      const made = await server.post(path, { schemas: [schema], ...filled })
      expect(made.status, made.text).toBe(201)
      ids.set(nameOf(resource), String(made.body['id']))
    }
    const ask = async (endpoint: string, filter: string): Promise<string> => {
      const asked = await server.get(`${endpoint}${where(filter, '&count=100')}`)
      const path = `${endpoint === '/' ? '' : endpoint}/.search`
      const searched = await server.post(path, { schemas: [searchRequest], filter, count: 100 })
      expect(outcome(searched), searched.text.slice(0, 300)).toBe(outcome(asked))
      if (asked.status === 200) expect(asked.body['totalResults']).toBe((asked.body['Resources'] as []).length)
      return outcome(asked)
    }

    beforeAll(async () => {
      server = await open()
      for (const person of people) await make('/Users', userSchema, person)
      for (const team of teams) await make('/Groups', groupSchema, team)
    })
    afterAll(async () => server?.stop())

    it.each(cases)('%s?filter=%s', async (endpoint, filter, names) => {
      expect(await ask(endpoint, fill(filter))).toBe(names)
    })

    it.each(refused)('refuses %j of a type and of the root', async (filter) => {
      expect(await ask('/Users', filter)).toBe('400 invalidFilter')
      expect(await ask('/', filter)).toBe('400 invalidFilter')
    })

    it('goes as deep and as long as it says, and no further', async () => {
      const deep = (depth: number): string => `${'('.repeat(depth)}userName eq "ada"${')'.repeat(depth)}`
      for (const endpoint of ['/Users', '/']) {
        expect(await ask(endpoint, deep(32))).toBe('ada')
        const many = ['ada', ...Array.from({ length: 300 }, (_, i) => `nobody-${i}`)]
        const path = `${endpoint === '/' ? '' : endpoint}/.search`
        const search = async (filter: string): Promise<string> =>
          outcome(await server.post(path, { schemas: [searchRequest], filter }))
        expect(await search(many.map((name) => `userName eq "${name}"`).join(' or '))).toBe('ada')
        expect(await search(many.map((name) => `userName ne "${name}"`).join(' and '))).toBe('400 invalidFilter')
        expect(await search(`userName eq "${'x'.repeat(20_000)}"`)).toBe('400 invalidFilter')
      }
    })
  })
}
