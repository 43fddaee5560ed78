import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { Answer, Client } from '../wire/client.ts'
import { configured, sha256Of, shippedMapping } from '../wire/configured.ts'
import type { Configured } from '../wire/configured.ts'
import { errorSchema, patchOf, person, userSchema } from '../wire/people.ts'

/** An application that is served below a longer path, and what is at the edges of it. */
describe('HTTP around an application', () => {
  let at: Configured
  let client: Client
  /** Below the path of the application, without a version. */
  let bare: Client
  let id: string
  beforeAll(async () => {
    at = await configured(
      (folder) => `
tokens: [{ name: main, sha256: ${sha256Of('main')} }, { name: reader, sha256: ${sha256Of('reader')}, readOnly: true }]
applications: { people: { mapping: ${shippedMapping(folder, 'conformance-sqlite', 'people')}, path: /a/b/scim } }
`,
    )
    const url = at.urls[0] ?? ''
    client = at.client(url, 'main')
    bare = at.client(url.replace(/\/v2$/, ''), 'main')
    id = String((await client.post('/Users', person('edge', { title: 'One' }))).body['id'])
  })
  afterAll(async () => at?.stop())

  const refused = (answer: Answer, status: number): void => {
    expect([answer.status, answer.body['status']]).toEqual([status, String(status)])
    expect(answer.body['schemas']).toEqual([errorSchema])
    expect(answer.headers['content-type']).toBe('application/scim+json')
  }
  const count = async (): Promise<unknown> => (await client.get('/Users?count=0')).body['totalResults']

  describe('paths', () => {
    it.each([
      ['/v9/Users', 400],
      ['/v1/Users', 400],
      ['/v1', 400],
      ['/V3/ServiceProviderConfig', 400],
      ['/v2/v9/Users', 404],
      ['/v2/v2/Users', 404],
      ['/Users/v2', 404],
      ['/Users/v2/', 404],
      ['/v2/Users.scim', 404],
      ['/v2/Nope', 404],
      ['/v2/Nope/1', 404],
      ['/v2/Users/1/2', 404],
      ['/v2//Users', 404],
    ])('%s is %i', async (path, status) => {
      const answer = await bare.get(path)
      refused(answer, status)
      expect(answer.body['scimType']).toBe(status === 400 ? 'invalidVers' : undefined)
    })

    it('knows no suffix for a format: it would be part of the id', async () => {
      refused(await client.get(`/Users/${id}.scim`), 404)
      refused(await client.get(`/Users/${id}.json`), 404)
    })

    it('is the same without a version, and says the versioned place', async () => {
      for (const path of [
        '/Users?filter=userName+eq+%22edge%22',
        `/Users/${id}`,
        '/Schemas',
        '/ServiceProviderConfig',
      ]) {
        const [versioned, unversioned] = [await client.get(path), await bare.get(path)]
        expect([unversioned.status, unversioned.text]).toEqual([200, versioned.text])
      }
      expect((await bare.get(`/Users/${id}`)).headers.location).toBe(`${at.urls[0]}/Users/${id}`)
    })

    it('has every location below the path of the application', async () => {
      const base = at.urls[0] ?? ''
      expect(base).toMatch(/\/a\/b\/scim\/v2$/)
      const made = await client.post('/Groups', { schemas: [], displayName: 'edge', members: [{ value: id }] })
      const got = await client.get(`/Groups/${String(made.body['id'])}`)
      const [member] = got.body['members'] as readonly JsonObject[]
      const types = (await client.get('/ResourceTypes')).body['Resources'] as readonly JsonObject[]
      const schemas = (await client.get('/Schemas')).body['Resources'] as readonly JsonObject[]
      const places = [
        made.headers.location,
        (got.body['meta'] as JsonObject)['location'],
        member?.['$ref'],
        ...[...types, ...schemas].map(({ meta }) => (meta as JsonObject)['location']),
        ((await client.get('/ServiceProviderConfig')).body['meta'] as JsonObject)['location'],
      ]
      expect(places.length).toBeGreaterThan(6)
      for (const place of places) {
        expect(place).toMatch(new RegExp(`^${base}/`))
        expect((await client.get(String(place).slice(base.length))).status).toBe(200)
      }
    })

    it.each(['/', '?', '/?', '?&', '?foo=bar&aadOptscim062020', '/?attributes=userName&'])(
      'bears %j behind a resource and a type',
      async (end) => {
        expect((await client.get(`/Users/${id}${end}`)).body['userName']).toBe('edge')
        expect((await client.get(`/Users${end}`)).body['totalResults']).toBe(1)
      },
    )
  })

  describe('methods', () => {
    it.each([
      ['DELETE', '/Users'],
      ['PUT', '/Users'],
      ['POST', '/Users/1'],
      ['PATCH', '/Schemas'],
      ['DELETE', '/ResourceTypes/User'],
      ['PUT', '/ServiceProviderConfig'],
      ['TRACE', '/Users'],
      ['MKCOL', '/Users/1'],
    ])('%s %s is 405 and says what is taken', async (method, path) => {
      const answer = await client.send(method, path)
      refused(answer, 405)
      expect(answer.headers.allow?.split(', ')).toEqual(expect.arrayContaining(['GET', 'HEAD', 'OPTIONS']))
      expect(answer.headers.allow?.split(', ')).not.toContain(method)
    })

    it.each([
      '/Users',
      '/Users/ID',
      '/Groups',
      '/ServiceProviderConfig',
      '/ResourceTypes',
      '/ResourceTypes/User',
      '/Schemas',
    ])('answers HEAD of %s with the head of GET, and OPTIONS with what is taken', async (path) => {
      const place = path.replace('ID', id)
      const [get, head, options] = [
        await client.get(place),
        await client.send('HEAD', place),
        await client.send('OPTIONS', place),
      ]
      expect([head.status, head.text]).toEqual([200, ''])
      for (const name of ['content-type', 'content-length', 'etag', 'location', 'cache-control'])
        expect(head.headers[name]).toBe(get.headers[name])
      expect([options.status, options.text]).toEqual([204, ''])
      expect(options.headers.allow).toMatch(/^GET, HEAD, .*OPTIONS$/)
    })

    it('answers HEAD of what is not there, or not modified, without a body', async () => {
      const missing = await client.send('HEAD', '/Users/none')
      expect([missing.status, missing.text]).toEqual([404, ''])
      const same = await client.send('HEAD', `/Users/${id}`, { headers: { 'if-none-match': '*' } })
      expect([same.status, same.text]).toEqual([304, ''])
    })

    it('asks for a token before anything else is told', async () => {
      for (const [method, path] of [
        ['OPTIONS', '/Users'],
        ['HEAD', '/Nope'],
        ['TRACE', '/Users'],
      ] as const) {
        const answer = await client.send(method, path, { headers: { authorization: null } })
        expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="scim"'])
      }
    })

    it('creates nothing by PUT', async () => {
      const before = await count()
      refused(await client.put('/Users/made-up-by-the-client', person('put')), 404)
      refused(
        await client.send('PUT', '/Users/made-up', { body: person('put'), headers: { 'if-none-match': '*' } }),
        404,
      )
      expect(await count()).toBe(before)
    })
  })

  describe('content', () => {
    it('takes and gives UTF-8, whether or not the charset is said', async () => {
      const name = 'Žofia 佐藤 👩‍💻 Ø'
      for (const type of ['application/scim+json', 'application/json; charset=utf-8']) {
        const made = await client.send('POST', '/Users', {
          body: Buffer.from(JSON.stringify(person(`u-${type.length}`, { displayName: name }))),
          headers: { 'content-type': type },
        })
        expect([made.status, made.body['displayName']]).toEqual([201, name])
        expect((await client.get(`/Users/${String(made.body['id'])}`)).body['displayName']).toBe(name)
        await client.delete(`/Users/${String(made.body['id'])}`)
      }
    })

    it.each([
      [null, 200, 'application/scim+json'],
      ['*/*', 200, 'application/scim+json'],
      ['application/scim+json', 200, 'application/scim+json'],
      ['application/json', 200, 'application/json'],
      ['application/json, application/scim+json', 200, 'application/scim+json'],
      ['text/xml', 406, 'application/scim+json'],
    ])('answers Accept %s with %i %s', async (accept, status, type) => {
      const answer = await client.send('GET', `/Users/${id}`, { headers: { accept } })
      expect([answer.status, answer.headers['content-type']]).toEqual([status, type])
    })

    it.each([
      [`/Users/.search`, { schemas: ['urn:x'], filter: 'userName pr' }],
      [`/Users/.search`, { filter: 'userName pr' }],
    ])('refuses a message to %s without its schema', async (path, body) => {
      const answer = await client.post(path, body)
      refused(answer, 400)
      expect(answer.body['scimType']).toBe('invalidSyntax')
    })

    it('tells who may not from who is not known', async () => {
      const reader = at.client(at.urls[0] ?? '', 'reader')
      const forbidden = await reader.post('/Users', person('never'))
      refused(forbidden, 403)
      expect(forbidden.headers['www-authenticate']).toBeUndefined()
      const wrong = await client.send('GET', '/Users', { headers: { authorization: 'Bearer wrong-wrong-wrong' } })
      refused(wrong, 401)
      expect(wrong.headers['www-authenticate']).toBe('Bearer realm="scim", error="invalid_token"')
    })
  })

  describe('versions', () => {
    const versionOf = ({ body }: Answer): string => String((body['meta'] as JsonObject)['version'])
    const retitle = (title: string): JsonObject => patchOf({ op: 'replace', path: 'title', value: title })

    it('stand in ETag and meta.version alike after every method, and move with every change and no other', async () => {
      const made = await client.post('/Users', person('versioned', { title: 'a' }))
      const place = `/Users/${String(made.body['id'])}`
      const [first, second] = [await client.get(place), await client.get(place)]
      const patched = await client.send('PATCH', place, { body: retitle('b') })
      const again = await client.send('PATCH', place, { body: retitle('b') })
      const put = await client.put(place, person('versioned', { title: 'c' }))
      for (const answer of [made, first, second, patched, again, put]) {
        expect(answer.headers.etag).toMatch(/^W\/"[^"]+"$/)
        expect(answer.headers.etag).toBe(versionOf(answer))
      }
      const tags = [made, first, second, patched, again, put].map(({ headers }) => headers.etag)
      expect([tags[1], tags[2], tags[4]]).toEqual([tags[0], tags[0], tags[3]])
      expect(new Set(tags).size).toBe(3)
      const database = new DatabaseSync(join(at.folder, 'people.db'))
      database.prepare("UPDATE person SET title = 'beside' WHERE user_name = 'versioned'").run()
      database.close()
      expect((await client.get(place)).headers.etag).not.toBe(put.headers.etag)
    })

    it('are compared weakly, in lists, and whatever of the resource is shown', async () => {
      const { headers } = await client.get(`/Users/${id}`)
      const weak = String(headers.etag)
      const strong = weak.slice(2)
      for (const query of ['', '?attributes=displayName', '?attributes=id', '?excludedAttributes=emails,name']) {
        const shown = await client.get(`/Users/${id}${query}`)
        expect(shown.headers.etag).toBe(weak)
        for (const tags of [weak, strong, `"x", ${weak}`, `${strong} ,"y"`, '*']) {
          const answer = await client.send('GET', `/Users/${id}${query}`, { headers: { 'if-none-match': tags } })
          expect([tags, answer.status, answer.text, answer.headers.etag]).toEqual([tags, 304, '', weak])
          expect(answer.headers['content-type']).toBeUndefined()
        }
        for (const tags of ['"x"', 'W/"x", "y"', '""', 'nonsense']) {
          const answer = await client.send('GET', `/Users/${id}${query}`, { headers: { 'if-none-match': tags } })
          expect([tags, answer.status]).toEqual([tags, 200])
        }
      }
    })

    it('have no say about what does not exist', async () => {
      for (const name of ['if-none-match', 'if-match']) {
        refused(await client.send('GET', '/Users/none', { headers: { [name]: '*' } }), 404)
        refused(await client.send('DELETE', '/Users/none', { headers: { [name]: '*' } }), 404)
      }
    })

    it.each(['PATCH', 'PUT', 'DELETE'])(
      'guard a %s by If-Match, of which nothing happens when they differ',
      async (method) => {
        const made = await client.post('/Users', person(`guarded-${method}`, { title: 'a' }))
        const place = `/Users/${String(made.body['id'])}`
        const body = {
          PATCH: patchOf({ op: 'replace', path: 'title', value: 'b' }, { op: 'add', path: 'nickName', value: 'n' }),
          PUT: person(`guarded-${method}`, { title: 'b' }),
          DELETE: undefined,
        }[method]
        const send = (tags: string): Promise<Answer> =>
          client.send(method, place, { body, headers: { 'if-match': tags } })
        for (const tags of ['"x"', 'W/"x", "y"', '""']) refused(await send(tags), 412)
        refused(await send('nonsense'), 400)
        expect((await client.get(place)).text).toBe(made.text)
        expect((await send('*')).status).toBeLessThan(300)
      },
    )

    it.each(['PATCH', 'PUT', 'DELETE'])(
      'guard a %s by If-None-Match, which is 412 for what is held',
      async (method) => {
        const made = await client.post('/Users', person(`none-${method}`, { title: 'a' }))
        const place = `/Users/${String(made.body['id'])}`
        const tag = String(made.headers.etag)
        const body = { PATCH: retitle('b'), PUT: person(`none-${method}`, { title: 'b' }), DELETE: undefined }[method]
        const send = (tags: string): Promise<Answer> =>
          client.send(method, place, { body, headers: { 'if-none-match': tags } })
        for (const tags of ['*', tag, tag.slice(2), `"x", ${tag}`]) refused(await send(tags), 412)
        refused(await send('nonsense'), 400)
        expect((await client.get(place)).text).toBe(made.text)
        expect((await send('"x"')).status).toBeLessThan(300)
      },
    )

    it('are announced as they are kept', async () => {
      expect((await client.get('/ServiceProviderConfig')).body['etag']).toEqual({ supported: true })
      expect(
        (
          await client.post('/Users/.search', {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
            filter: 'userName eq "edge"',
          })
        ).body['Resources'],
      ).toMatchObject([{ schemas: [userSchema], meta: { version: (await client.get(`/Users/${id}`)).headers.etag } }])
    })
  })
})
