import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { enterpriseSchema, person, where } from '../wire/people.ts'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'
import { statementsOf } from '../wire/statements.ts'

const resources = ({ body }: { readonly body: JsonObject }): readonly JsonObject[] =>
  (body['Resources'] ?? []) as readonly JsonObject[]
const idsOf = (answer: { readonly body: JsonObject }): readonly string[] =>
  resources(answer).map(({ id }) => String(id))

describe('lists', () => {
  let server: Stand
  beforeAll(async () => {
    server = await stand('demo')
  })
  afterAll(async () => server?.stop())

  // others answered every page with everything, or cut one that looked whole
  it.each([
    '',
    '&sortBy=userName',
    '&sortBy=emails.value&sortOrder=descending',
    `&filter=${encodeURIComponent('title pr')}`,
  ])('gives every record once over honest pages%s', async (query) => {
    const whole = await server.get(`/Users?count=1000${query}`)
    const total = Number(whole.body['totalResults'])
    expect(idsOf(whole)).toHaveLength(total)
    expect(new Set(idsOf(whole)).size).toBe(total)
    const seen: string[] = []
    for (let startIndex = 1; startIndex <= total; startIndex += 37) {
      const page = await server.get(`/Users?startIndex=${startIndex}&count=37${query}`)
      const count = Math.min(37, total - startIndex + 1)
      expect(page.body).toMatchObject({ totalResults: total, startIndex, itemsPerPage: count })
      expect(idsOf(page)).toHaveLength(count)
      seen.push(...idsOf(page))
    }
    expect(seen).toEqual(idsOf(whole))
    const past = await server.get(`/Users?startIndex=${total + 1}&count=10${query}`)
    expect(past.body).toMatchObject({ totalResults: total, itemsPerPage: 0 })
    const none = await server.get(`/Users?count=0${query}`)
    expect(none.body).toMatchObject({ totalResults: total, itemsPerPage: 0 })
    expect(resources(none)).toEqual([])
  })

  it('keeps what it advertises', async () => {
    const config = (await server.get('/ServiceProviderConfig')).body
    const limit = Number((config['filter'] as JsonObject)['maxResults'])
    for (let made = Number((await server.get('/Users?count=0')).body['totalResults']); made <= limit; made++) {
      expect((await server.post('/Users', person(`crowd-${made}`))).status).toBe(201)
    }
    const answer = await server.get(`/Users?count=${limit * 2}`)
    expect(resources(answer)).toHaveLength(limit)
    expect(answer.body['itemsPerPage']).toBe(limit)
    expect(Number(answer.body['totalResults'])).toBeGreaterThan(limit)
  })

  // 2,010 searches for 2,000 users
  it.each([
    ['/Users', 15],
    ['/Groups', 15],
    [`/Users${where('userName co "a" and emails.type eq "work"')}`, 15],
    // no statement can say this one: the bridge reads on by chunks of 200 people, each with its parts
    [`/Users${where('groups.display co "Employees"')}`, 100],
  ])('costs %s a number of statements that does not grow with the page', async (path, most) => {
    const cost = async (count: number): Promise<number> =>
      (await statementsOf(() => server.get(`${path}${path.includes('?') ? '&' : '?'}count=${count}`))).length
    const few = await cost(2)
    expect(await cost(10)).toBeLessThanOrEqual(few)
    expect(await cost(100)).toBeLessThanOrEqual(few)
    expect(few).toBeLessThanOrEqual(most)
  })

  it('shows nobody outside the scope of the mapping, and takes no name of theirs', async () => {
    const foreign = server.sql('SELECT EMP_NO, LOGIN FROM EMP WHERE CO_NO <> 1')
    expect(foreign.length).toBeGreaterThan(0)
    const before = JSON.stringify(server.sql('SELECT * FROM EMP WHERE CO_NO <> 1'))
    const group = String((await server.post('/Groups', { displayName: 'scope' })).body['id'])
    for (const { EMP_NO, LOGIN } of foreign) {
      const path = `/Users/${String(EMP_NO)}`
      expect((await server.get(path)).status).toBe(404)
      expect((await server.put(path, person('mine-now'))).status).toBe(404)
      expect((await server.patch(path, { op: 'replace', path: 'title', value: 'x' })).status).toBe(404)
      expect((await server.delete(path)).status).toBe(404)
      expect((await server.get(`/Users${where(`id eq "${String(EMP_NO)}"`)}`)).body['totalResults']).toBe(0)
      expect((await server.get(`/Users${where(`userName eq ${JSON.stringify(LOGIN)}`)}`)).body['totalResults']).toBe(0)
      const join = await server.patch(`/Groups/${group}`, {
        op: 'add',
        path: 'members',
        value: [{ value: String(EMP_NO) }],
      })
      expect(join.status).toBe(400)
    }
    expect(JSON.stringify(server.sql('SELECT * FROM EMP WHERE CO_NO <> 1'))).toBe(before)
    expect((await server.get(`/Groups/${group}`)).body['members'] ?? []).toEqual([])
  })
})

describe('filters', () => {
  let server: Stand
  const ids: Record<string, string> = {}
  const people: Readonly<Record<string, JsonObject>> = {
    star: person('*', { title: 'Star' }),
    anna: person('anna', {
      title: 'Head of R and D',
      active: true,
      emails: [
        { value: 'anna@work.example', type: 'work', primary: true },
        { value: 'anna@home.example', type: 'home' },
      ],
    }),
    bert: person('bert', { active: false, emails: [{ value: 'bert@home.example', type: 'home' }] }),
    wild: person('a_b%c', { title: '100%' }),
    accent: person('märrie'),
    plain: person('marrie'),
    trailing: person('marrie '),
    emoji: person('smile-😀', { title: '😀😀' }),
    boss: person('boss', { [enterpriseSchema]: { department: 'R&D', employeeNumber: '7' } }),
  }
  beforeAll(async () => {
    server = await stand('conformance-sqlite', { empty: true })
    for (const [key, body] of Object.entries(people)) {
      const made = await server.post('/Users', body)
      expect(made.status, made.text).toBe(201)
      ids[key] = String(made.body['id'])
    }
    const link = { op: 'add', path: `${enterpriseSchema}:manager`, value: { value: ids['boss'] } }
    expect((await server.patch(`/Users/${ids['anna']}`, link)).status).toBe(200)
    await server.post('/Groups', { displayName: 'staff', members: [{ value: ids['anna']! }] })
  })
  afterAll(async () => server?.stop())

  const everybody = Object.keys(people)
  const except = (...names: readonly string[]): readonly string[] => everybody.filter((one) => !names.includes(one))
  // others knew only eq, answered with nobody to what they did not understand, and took "and" inside quotes for theirs
  it.each<readonly [string, readonly string[]]>([
    ['userName eq "*"', ['star']],
    ['userName sw "*"', ['star']],
    ['userName eq "ANNA"', ['anna']],
    ['userName ne "anna"', except('anna')],
    ['userName co "_"', ['wild']],
    ['userName co "%"', ['wild']],
    ['userName sw "a_"', ['wild']],
    ['userName ew "%c"', ['wild']],
    ['title co "%"', ['wild']],
    ['title eq "100_"', []],
    ['userName eq "marrie"', ['plain']],
    ['userName eq "märrie"', ['accent']],
    ['userName eq "marrie "', ['trailing']],
    ['userName ew "😀"', ['emoji']],
    ['title eq "😀😀"', ['emoji']],
    ['title eq "Head of R and D"', ['anna']],
    ['title pr and not (userName eq "anna")', ['star', 'wild', 'emoji']],
    ['not (title pr)', ['bert', 'accent', 'plain', 'trailing', 'boss']],
    ['active eq true', ['anna']],
    ['active eq false', ['bert']],
    ['active ne true', except('anna')],
    ['userName gt "marrie" and userName lt "marriez"', ['trailing']],
    ['emails[type eq "work" and value ew "@work.example"]', ['anna']],
    ['emails[type eq "work" and value ew "@home.example"]', []],
    ['emails.type eq "home"', ['anna', 'bert']],
    ['emails pr and not (emails[type eq "work"])', ['bert']],
    ['groups.display eq "staff"', ['anna']],
    ['groups pr', ['anna']],
    [`${enterpriseSchema}:department eq "r&d"`, ['boss']],
    [`${enterpriseSchema}:manager pr`, ['anna']],
    ['userName eq "a" or userName eq "bert" and active eq false', ['bert']],
    ['(userName eq "anna" or userName eq "bert") and active eq true', ['anna']],
    ['userName eq "anna\\" or userName pr and userName eq \\"x"', []],
    ['meta.resourceType eq "User"', everybody],
    ['meta.resourceType eq "Group"', []],
  ])('%s', async (filter, wanted) => {
    for (const more of ['&count=100', '&count=100&sortBy=userName&attributes=userName']) {
      const answer = await server.get(`/Users${where(filter, more)}`)
      expect(answer.status, answer.text).toBe(200)
      expect(idsOf(answer).toSorted()).toEqual(wanted.map((one) => ids[one]).toSorted())
      expect(answer.body['totalResults']).toBe(wanted.length)
    }
  })

  it('finds a manager by id', async () => {
    const filter = `${enterpriseSchema}:manager.value eq "${ids['boss']}" and id eq "${ids['anna']}"`
    expect(idsOf(await server.get(`/Users${where(filter)}`))).toEqual([ids['anna']])
  })

  it('is no oracle for what is never shown', async () => {
    const secret = 'correct horse 7'
    expect((await server.patch(`/Users/${ids['anna']}`, { op: 'add', path: 'password', value: secret })).status).toBe(
      200,
    )
    for (const filter of [
      `userName eq "anna" and password eq "${secret}"`,
      'password pr',
      'password sw "c"',
      'not (password eq "x")',
      'userName eq "anna" or password pr',
      'urn:ietf:params:scim:schemas:core:2.0:User:password pr',
      'PASSWORD pr',
    ]) {
      const answer = await server.get(`/Users${where(filter)}`)
      expect(answer.body['scimType'], filter).toBe('invalidFilter')
    }
    for (const query of ['sortBy=password', 'sortBy=PassWord']) {
      expect((await server.get(`/Users?${query}`)).status).toBe(400)
    }
    const path = `/Users/${ids['anna']}`
    const shown = await Promise.all([
      server.get(`${path}?attributes=password`),
      server.get('/Users?attributes=password,userName'),
      server.send('PATCH', `${path}?attributes=password`, {
        body: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'replace', path: 'password', value: secret }],
        },
      }),
    ])
    for (const { text } of shown) expect(text).not.toMatch(/password|pbkdf2|correct horse/i)
    // a condition on it inside a PATCH path is one, too
    const patched = await server.patch(path, { op: 'replace', path: 'userName[password eq "x"]', value: 'y' })
    expect(patched.status).toBe(400)
  })
})
