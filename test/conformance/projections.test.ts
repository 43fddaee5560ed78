import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { Answer } from '../wire/client.ts'
import { enterpriseSchema, patchOf, userSchema, where } from '../wire/people.ts'
import { served } from '../wire/playground.ts'
import type { Served } from '../wire/playground.ts'

const searchRequest = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/** Every way to get a user shown; `names` go as `attributes` or `excludedAttributes`. */
type Show = (
  server: Served,
  parameter: 'attributes' | 'excludedAttributes',
  names: readonly string[],
) => Promise<Answer>

let server: Served
let id = ''
let made = 0

const body = (userName: string): JsonObject => ({
  schemas: [userSchema],
  userName,
  name: { givenName: 'Ada', familyName: 'L' },
  title: 'Countess',
  emails: [
    { value: `${userName}@example.com`, type: 'work', primary: true },
    { value: `${userName}@home.example`, type: 'home' },
  ],
  [enterpriseSchema]: { department: 'Engines', costCenter: '1' },
})
const query = (parameter: string, names: readonly string[]): string =>
  `${parameter}=${encodeURIComponent(names.join(','))}`
const search = (parameter: string, names: readonly string[]): JsonObject => ({
  schemas: [searchRequest],
  filter: `id eq "${id}"`,
  [parameter]: names,
})

const ways: Readonly<Record<string, Show>> = {
  'GET of one': (at, parameter, names) => at.get(`/Users/${id}?${query(parameter, names)}`),
  'GET of a list': (at, parameter, names) => at.get(`/Users${where(`id eq "${id}"`)}&${query(parameter, names)}`),
  'GET of the root': (at, parameter, names) => at.get(`/${where(`id eq "${id}"`)}&${query(parameter, names)}`),
  'POST to .search': (at, parameter, names) => at.post('/Users/.search', search(parameter, names)),
  'POST to .search of the root': (at, parameter, names) => at.post('/.search', search(parameter, names)),
  POST: (at, parameter, names) => at.post(`/Users?${query(parameter, names)}`, body(`new-${++made}`)),
  PUT: (at, parameter, names) => at.put(`/Users/${id}?${query(parameter, names)}`, body('ada')),
  PATCH: (at, parameter, names) =>
    at.send('PATCH', `/Users/${id}?${query(parameter, names)}`, {
      body: patchOf({ op: 'replace', path: 'title', value: 'Countess' }),
    }),
}

/** The one resource of an answer. */
function resourceOf({ status, body: shown, text }: Answer): JsonObject {
  expect([200, 201], text).toContain(status)
  const list = shown['Resources'] as readonly JsonObject[] | undefined
  expect(list?.length ?? 1).toBe(1)
  return list?.[0] ?? shown
}

/** Top-level names, those of extensions within their URN, without what is always shown. */
const namesOf = (resource: JsonObject): readonly string[] =>
  Object.keys(resource)
    .filter((name) => name !== 'id' && name !== 'schemas')
    .sort()

beforeAll(async () => {
  server = await served('conformance-sqlite', { empty: true, profile: 'strict' })
  id = String((await server.post('/Users', body('ada'))).body['id'])
})
afterAll(async () => server?.stop())

describe.each(Object.entries(ways))('what a %s shows', (_, show) => {
  const only = async (...names: readonly string[]): Promise<JsonObject> =>
    resourceOf(await show(server, 'attributes', names))
  const without = async (...names: readonly string[]): Promise<JsonObject> =>
    resourceOf(await show(server, 'excludedAttributes', names))

  it('is what is asked for, and what is always shown', async () => {
    const shown = await only('title')
    expect(Object.keys(shown).sort()).toEqual(['id', 'schemas', 'title'])
    expect(shown['schemas']).toEqual([userSchema])
  })

  it('takes names in any casing, with blanks, URN and dots', async () => {
    expect(namesOf(await only(' TITLE', `${userSchema}:USERNAME `))).toEqual(['title', 'userName'])
    expect((await only('Name.GIVENNAME'))['name']).toEqual({ givenName: 'Ada' })
    expect((await only(`${userSchema}:name.familyName`))['name']).toEqual({ familyName: 'L' })
  })

  it('takes extensions, whole and in part', async () => {
    const whole = await only(enterpriseSchema.toUpperCase())
    expect(whole[enterpriseSchema]).toEqual({ department: 'Engines', costCenter: '1' })
    expect(whole['schemas']).toEqual([userSchema, enterpriseSchema])
    expect(namesOf(whole)).toEqual([enterpriseSchema])
    expect(namesOf(await only(userSchema))).not.toContain(enterpriseSchema)
    for (const name of [`${enterpriseSchema}:DEPARTMENT`, 'department'])
      expect((await only(name))[enterpriseSchema]).toEqual({ department: 'Engines' })
    const left = await without(enterpriseSchema)
    expect([left[enterpriseSchema], left['schemas'], left['title']]).toEqual([undefined, [userSchema], 'Countess'])
    expect((await without(`${enterpriseSchema}:costCenter`))[enterpriseSchema]).toEqual({ department: 'Engines' })
  })

  it('takes parts of each element of a list', async () => {
    const shown = (await only('emails.type'))['emails'] as readonly JsonObject[]
    expect(shown.map((email) => Object.keys(email))).toEqual([['type'], ['type']])
    const left = (await without('emails.type', 'emails.primary'))['emails'] as readonly JsonObject[]
    expect(left.map((email) => Object.keys(email))).toEqual([['value'], ['value']])
  })

  it('passes over names that nobody knows', async () => {
    expect(namesOf(await only('nope'))).toEqual([])
    expect(namesOf(await only('nope', 'title', 'name.nope', 'urn:example:nope:title'))).toEqual(['title'])
    expect((await without('nope'))['title']).toBe('Countess')
  })

  it('never leaves out what is always shown, nor shows what never is', async () => {
    const shown = await without('id', 'schemas', 'title', 'meta')
    expect(typeof shown['id']).toBe('string')
    expect(shown['schemas']).toEqual([userSchema, enterpriseSchema])
    expect([shown['title'], shown['meta']]).toEqual([undefined, undefined])
    expect(namesOf(await only('password'))).toEqual([])
  })
})

describe('attributes and excludedAttributes together', () => {
  const both = { attributes: ['title', 'userName'], excludedAttributes: ['userName'] }
  const asked = (at: Served, of: string): Promise<readonly Answer[]> =>
    Promise.all([
      at.get(`/Users/${of}?attributes=title,userName&excludedAttributes=userName`),
      at.get(`/${where(`id eq "${of}"`)}&attributes=title,userName&excludedAttributes=userName`),
      at.post('/Users/.search', { schemas: [searchRequest], filter: `id eq "${of}"`, ...both }),
    ])

  it('are refused by the letter', async () => {
    for (const { status, body: shown } of await asked(server, id))
      expect([status, shown['scimType']]).toEqual([400, 'invalidValue'])
  })

  it('are taken one after the other where clients send both', async () => {
    const tolerant = await served('conformance-sqlite', { empty: true, profile: 'tolerant' })
    try {
      const of = String((await tolerant.post('/Users', body('ada'))).body['id'])
      for (const answer of await asked(tolerant, of)) expect(namesOf(resourceOf(answer))).toEqual(['title'])
    } finally {
      await tolerant.stop()
    }
  })
})

describe('the lists of a .search', () => {
  it.each([['title,userName'], [{ title: true }], [['title', 5]], [5]])(
    '%j is no list of names',
    async (attributes) => {
      for (const path of ['/Users/.search', '/.search']) {
        const { status, body: shown } = await server.post(path, { schemas: [searchRequest], attributes })
        expect([status, shown['scimType']]).toEqual([400, 'invalidValue'])
      }
    },
  )

  it.each([
    [{}, 'invalidSyntax'],
    [[], 'invalidSyntax'],
    [{ schemas: [userSchema] }, 'invalidSyntax'],
    [{ schemas: [searchRequest], filter: 'userName eq' }, 'invalidFilter'],
    [{ schemas: [searchRequest], filter: 5 }, 'invalidValue'],
    [{ schemas: [searchRequest], count: 'ten' }, 'invalidValue'],
    [{ schemas: [searchRequest], sortBy: ['userName'] }, 'invalidValue'],
  ])('the message %j is %s', async (message, scimType) => {
    for (const path of ['/Users/.search', '/.search']) {
      const { status, body: shown } = await server.post(path, message)
      expect([status, shown['scimType']]).toEqual([400, scimType])
    }
  })

  it('answers a list, and makes nothing', async () => {
    const answer = await server.post('/Users/.search', { schemas: [searchRequest], count: 1 })
    expect([answer.status, answer.headers['location']]).toEqual([200, undefined])
    expect(answer.body['schemas']).toEqual(['urn:ietf:params:scim:api:messages:2.0:ListResponse'])
  })
})
