import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isArray, isObject } from '../../src/base/json.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { errorSchema } from '../wire/people.ts'
import { served } from '../wire/playground.ts'
import type { Served } from '../wire/playground.ts'
import { testExtension, testSchema } from './test-resource.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const listResponse = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

const types = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex']
const words: Readonly<Record<string, readonly string[]>> = {
  mutability: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  returned: ['always', 'never', 'default', 'request'],
  uniqueness: ['none', 'server', 'global'],
}
const always = ['name', 'type', 'multiValued', 'description', 'required', 'mutability', 'returned']

const listOf = (value: unknown): readonly JsonObject[] => value as readonly JsonObject[]
const within = (attribute: JsonObject): readonly JsonObject[] => [
  attribute,
  ...listOf(attribute['subAttributes'] ?? []).flatMap(within),
]

describe.each(['demo', 'conformance-sqlite'] as const)('what %s says of itself', (name) => {
  let server: Served
  const body = async (path: string): Promise<JsonObject> => {
    const answer = await server.get(path)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/scim\+json/)
    return answer.body
  }
  const listed = async (path: string): Promise<readonly JsonObject[]> => listOf((await body(path))['Resources'])
  beforeAll(async () => {
    server = await served(name, { profile: 'strict' })
  })
  afterAll(async () => server?.stop())

  describe('ServiceProviderConfig', () => {
    it('is one object with each feature and its limits', async () => {
      const config = await body('/ServiceProviderConfig')
      expect(config['schemas']).toEqual([`${core}:ServiceProviderConfig`])
      expect(config).not.toHaveProperty('Resources')
      for (const feature of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag'])
        expect(typeof (config[feature] as JsonObject)['supported']).toBe('boolean')
      const { bulk, filter } = config as Record<string, JsonObject>
      for (const limit of [bulk?.['maxOperations'], bulk?.['maxPayloadSize'], filter?.['maxResults']])
        expect(Number.isInteger(limit)).toBe(true)
    })

    it('names each authentication scheme by type, name and description, one of them as primary', async () => {
      const schemes = listOf((await body('/ServiceProviderConfig'))['authenticationSchemes'])
      expect(schemes.length).toBeGreaterThan(0)
      for (const scheme of schemes) {
        expect(['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest']).toContain(scheme['type'])
        for (const part of ['name', 'description']) expect(scheme[part]).toMatch(/./)
      }
      expect(schemes.filter(({ primary }) => primary === true)).toHaveLength(1)
    })

    it('has URLs where it has links', async () => {
      const config = await body('/ServiceProviderConfig')
      const links = [
        config['documentationUri'],
        ...listOf(config['authenticationSchemes']).flatMap((one) => [one['specUri'], one['documentationUri']]),
      ]
      const given = links.filter((link) => link !== undefined)
      expect(given.length).toBeGreaterThan(0)
      for (const link of given) expect(String(link)).toMatch(/^https?:\/\//)
    })

    it('tells the truth: what it does not support is refused, what it supports works', async () => {
      const config = (await body('/ServiceProviderConfig')) as Record<string, JsonObject>
      const on = (feature: string): boolean => config[feature]?.['supported'] === true
      const [user] = await listed('/Users?count=1')
      const path = `/Users/${String(user?.['id'])}`
      expect((await server.get(`/Users?filter=userName+pr&count=1`)).status).toBe(on('filter') ? 200 : 403)
      expect((await server.get('/Users?sortBy=userName&count=1')).status).toBe(on('sort') ? 200 : 501)
      expect((await server.get(path)).headers.etag !== undefined).toBe(on('etag'))
      expect((await server.patch(path, { op: 'add', value: {} })).status).toBe(on('patch') ? 200 : 501)
      const password = (await listed('/Schemas'))
        .flatMap(({ attributes }) => listOf(attributes))
        .some((one) => one['name'] === 'password')
      expect(password).toBe(on('changePassword'))
      const bulk = await server.post('/Bulk', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [{ method: 'DELETE', path: '/Users/nobody-of-that-name' }],
      })
      expect(bulk.status).toBe(on('bulk') ? 200 : 501)
      expect(listOf((await body(`/Users?count=100000`))['Resources']).length).toBeLessThanOrEqual(
        Number(config['filter']?.['maxResults']),
      )
    })
  })

  describe('ResourceTypes', () => {
    it('are a list, and each is there by its name', async () => {
      const all = await body('/ResourceTypes')
      expect(all).toMatchObject({ schemas: [listResponse], totalResults: listOf(all['Resources']).length })
      for (const type of listOf(all['Resources'])) {
        expect(type['schemas']).toEqual([`${core}:ResourceType`])
        expect(await body(`/ResourceTypes/${String(type['name'])}`)).toEqual(type)
        expect((type['meta'] as JsonObject)['location']).toBe(`${server.url}/ResourceTypes/${String(type['name'])}`)
        expect((await server.get(`${String(type['endpoint'])}?count=1`)).status).toBe(200)
      }
      const unknown = await server.get('/ResourceTypes/Nothing')
      expect(unknown).toMatchObject({ status: 404, body: { schemas: [errorSchema], status: '404' } })
    })

    it('name schemas that are there, and say which extensions are required', async () => {
      const ids = (await listed('/Schemas')).map(({ id }) => id)
      const extensions = (await listed('/ResourceTypes')).flatMap((type) => {
        expect(ids).toContain(type['schema'])
        return listOf(type['schemaExtensions'])
      })
      for (const { schema, required } of extensions) {
        expect(ids).toContain(schema)
        expect(required).toBe(schema === testExtension)
      }
      expect(extensions.map(({ schema }) => schema)).toEqual(
        name === 'demo' ? [enterprise] : [enterprise, testExtension],
      )
    })
  })

  describe('Schemas', () => {
    // those that describe discovery are found by their URN
    const everySchema = async (): Promise<readonly JsonObject[]> => [
      ...(await listed('/Schemas')),
      ...(await Promise.all(
        ['ServiceProviderConfig', 'ResourceType', 'Schema'].map((one) => body(`/Schemas/${core}:${one}`)),
      )),
    ]

    it('are a list: those of the resources, and none of discovery or of a message', async () => {
      const ids = (await listed('/Schemas')).map(({ id }) => String(id))
      expect(new Set(ids).size).toBe(ids.length)
      const own = name === 'demo' ? [] : [testSchema, testExtension]
      expect(ids).toEqual([`${core}:User`, enterprise, `${core}:Group`, ...own])
      expect(ids.some((id) => id.includes(':api:'))).toBe(false)
    })

    it('are each there by their URN: raw, percent-encoded, in any casing', async () => {
      for (const schema of await everySchema()) {
        const urn = String(schema['id'])
        for (const written of [urn, encodeURIComponent(urn), urn.toUpperCase(), urn.toLowerCase(), `${urn}/`])
          expect(await body(`/Schemas/${written}`)).toEqual(schema)
        expect((schema['meta'] as JsonObject)['location']).toBe(`${server.url}/Schemas/${urn}`)
      }
      for (const urn of [`${core}:Nothing`, listResponse, '%E0%A4%A'])
        expect([400, 404]).toContain((await server.get(`/Schemas/${urn}`)).status)
    })

    it('say everything that RFC 7643 section 7 has of every attribute and part', async () => {
      const names = (await listed('/ResourceTypes')).map((type) => type['name'])
      for (const schema of await everySchema()) {
        for (const one of listOf(schema['attributes']).flatMap(within)) {
          const what = `${String(schema['id'])} ${String(one['name'])}`
          for (const characteristic of always) expect(one, what).toHaveProperty(characteristic)
          expect(types, what).toContain(one['type'])
          expect(one['description'], what).toMatch(/./)
          for (const [word, known] of Object.entries(words))
            if (one[word] !== undefined) expect(known, what).toContain(one[word])
          if (one['type'] === 'string')
            for (const more of ['caseExact', 'uniqueness']) expect(one, what).toHaveProperty(more)
          if (one['canonicalValues'] !== undefined) expect(one['type'], what).toBe('string')
          expect(isArray(one['subAttributes']), what).toBe(one['type'] === 'complex')
          const targets = one['referenceTypes'] as readonly string[] | undefined
          expect((targets ?? []).length > 0, what).toBe(one['type'] === 'reference')
          for (const target of targets ?? []) expect([...names, 'external', 'uri'], what).toContain(target)
        }
      }
    })

    it('have the usual types of lists, which designers of forms read', async () => {
      const [user] = await listed('/Schemas')
      const typesOf = (list: string) =>
        listOf(listOf(user?.['attributes']).find((one) => one['name'] === list)?.['subAttributes']).find(
          (one) => one['name'] === 'type',
        )?.['canonicalValues']
      expect(typesOf('emails')).toEqual(expect.arrayContaining(['work']))
      expect(typesOf('phoneNumbers')).toEqual(expect.arrayContaining(['work', 'mobile']))
      if (name !== 'conformance-sqlite') return
      expect(typesOf('emails')).toEqual(['work', 'home', 'other'])
      expect(typesOf('ims')).toEqual(['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo', 'other'])
      expect(typesOf('photos')).toEqual(['photo', 'thumbnail'])
      expect(typesOf('addresses')).toEqual(['work', 'home', 'other'])
    })

    it('describe all that discovery shows', async () => {
      const schemas = await everySchema()
      const described = (id: string) => listOf(schemas.find((one) => one['id'] === id)?.['attributes'])
      const common = ['schemas', 'id', 'meta']
      const missing = (shown: JsonObject, known: readonly JsonObject[]): readonly string[] =>
        Object.entries(shown).flatMap(([key, value]) => {
          const attribute = known.find((one) => one['name'] === key)
          if (attribute === undefined) return [key]
          const parts = listOf(attribute['subAttributes'] ?? [])
          return (isArray(value) ? value : [value]).flatMap((each) => (isObject(each) ? missing(each, parts) : []))
        })
      const own = (shown: JsonObject): JsonObject =>
        Object.fromEntries(Object.entries(shown).filter(([key]) => !common.includes(key)))
      expect(missing(own(await body('/ServiceProviderConfig')), described(`${core}:ServiceProviderConfig`))).toEqual([])
      for (const type of await listed('/ResourceTypes'))
        expect(missing(own(type), described(`${core}:ResourceType`))).toEqual([])
      // the schema of schemas goes two levels down; a complex attribute inside of a complex one is in itself alone
      for (const schema of schemas.filter(({ id }) => id !== `${core}:Schema`))
        expect(missing(own(schema), described(`${core}:Schema`))).toEqual([])
    })

    it('hold what is mapped and nothing else', async () => {
      const made = await server.post('/Users', {
        schemas: [`${core}:User`],
        userName: 'mapped',
        nickName: 'n',
        timezone: 'Europe/Kyiv',
        password: 'Long-enough-1',
      })
      const [user] = await listed('/Schemas')
      const carried = listOf(user?.['attributes']).map((one) => one['name'])
      for (const attribute of ['nickName', 'timezone']) {
        expect(made.body[attribute] !== undefined).toBe(carried.includes(attribute))
        const filtered = await server.get(`/Users?filter=${attribute}+pr&count=1`)
        expect(filtered.status).toBe(carried.includes(attribute) ? 200 : 400)
      }
    })
  })

  it.each(['/ServiceProviderConfig', '/ResourceTypes', '/ResourceTypes/User', '/Schemas', `/Schemas/${core}:User`])(
    '%s is only read',
    async (path) => {
      const before = await body(path)
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await server.send(method, path, method === 'DELETE' ? {} : { body: { name: 'x' } })
        expect(answer).toMatchObject({ status: 405, body: { schemas: [errorSchema], status: '405' } })
        expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS')
      }
      expect((await server.send('HEAD', path)).status).toBe(200)
      expect(await body(path)).toEqual(before)
    },
  )

  it.each(['/ServiceProviderConfig', '/ResourceTypes', '/Schemas'])(
    '%s takes no notice of order and pages, and refuses a filter',
    async (path) => {
      const all = await body(path)
      expect(await body(`${path}?startIndex=2&count=1&sortBy=name&sortOrder=descending&attributes=id`)).toEqual(all)
      expect(await body(`${path}?startIndex=x&count=-1`)).toEqual(all)
      const filtered = await server.get(`${path}?filter=${encodeURIComponent('id pr')}`)
      expect(filtered).toMatchObject({ status: 403, body: { schemas: [errorSchema], status: '403' } })
    },
  )
})
