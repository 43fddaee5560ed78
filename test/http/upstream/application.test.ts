import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { Client } from '../../wire/client.ts'
import { configured, sha256Of } from '../../wire/configured.ts'
import type { Configured } from '../../wire/configured.ts'
import { errorSchema, patchOf, person, team, userSchema, where } from '../../wire/people.ts'
import { stand } from '../../wire/playground.ts'
import type { Stand } from '../../wire/playground.ts'

/** A bridge in front of another one, which is the SCIM service. */
describe('an application that another SCIM service serves', () => {
  let service: Stand
  let at: Configured
  let base: string
  let client: Client
  beforeAll(async () => {
    service = await stand('conformance-sqlite', { empty: true })
    at = await configured(
      (folder) => {
        writeFileSync(join(folder, 'token'), `${service.token}\n`)
        return `
tokens:
  - { name: main, sha256: ${sha256Of('main')}, userName: somebody }
  - { name: reader, sha256: ${sha256Of('reader')}, readOnly: true }
  - { name: other, sha256: ${sha256Of('other')}, applications: [wrong] }
applications:
  crm: { upstream: { url: "${service.url}/", token: "\${file:${join(folder, 'token')}}" }, path: /crm/scim }
  wrong: { upstream: { url: "${service.url}", token: "\${WRONG}" } }
`
      },
      { WRONG: 'not-the-token-that-it-wants' },
    )
    base = at.urls[0] ?? ''
    client = at.client(base, 'main')
  })
  afterAll(async () => {
    await at?.stop()
    await service?.stop()
  })

  const everywhere = (value: unknown): readonly string[] => JSON.stringify(value).match(/https?:[^"\\]*/g) ?? []

  it('creates, reads, changes and deletes there, with every address in our name', async () => {
    const made = await client.post('/Users', person('ada', { title: 'Ä "quoted" \\ 佐藤' }))
    expect(made.status).toBe(201)
    const id = String(made.body['id'])
    const place = `/Users/${id}`
    expect(made.headers.location).toBe(base + place)
    expect((made.body['meta'] as JsonObject)['location']).toBe(base + place)
    expect(made.headers.etag).toBe((made.body['meta'] as JsonObject)['version'])
    const there = await service.get(place)
    expect(there.body).toMatchObject({ userName: 'ada', title: 'Ä "quoted" \\ 佐藤' })
    const got = await client.get(place)
    expect(got.text).toBe(there.text.replaceAll(service.url, base))
    expect(got.headers['content-type']).toBe('application/scim+json')
    const patched = await client.patch(place, { op: 'replace', path: 'title', value: 'x' })
    expect([patched.status, patched.body['title']]).toEqual([200, 'x'])
    expect((await client.put(place, person('ada', { title: 'y' }))).body['title']).toBe('y')
    const group = await client.post('/Groups', team('g', [id]))
    expect(everywhere(group.body).every((url) => url.startsWith(`${base}/`))).toBe(true)
    expect(everywhere(group.body).length).toBeGreaterThan(1)
    const list = await client.get('/Users?count=1&')
    expect(list.body).toMatchObject({ totalResults: 1, Resources: [{ id, meta: { location: base + place } }] })
    expect(everywhere(list.body)).not.toEqual([])
    expect((await client.delete(place)).status).toBe(204)
    expect((await service.get(place)).status).toBe(404)
  })

  it('passes queries, searches, projections and guards on', async () => {
    const made = await client.post('/Users', person('b+c@x.org', { title: 'Dr' }))
    const place = `/Users/${String(made.body['id'])}`
    expect((await client.get(`/Users${where('userName eq "B+C@x.org"', '&attributes=userName')}`)).body).toMatchObject({
      totalResults: 1,
      Resources: [{ schemas: [userSchema], id: made.body['id'], userName: 'b+c@x.org' }],
    })
    const search = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: 'title eq "Dr"' }
    expect((await client.post('/Users/.search', search)).body['totalResults']).toBe(1)
    const tag = String(made.headers.etag)
    const same = await client.send('GET', place, { headers: { 'if-none-match': tag } })
    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', tag])
    const body = patchOf({ op: 'replace', path: 'title', value: 'no' })
    const stale = await client.send('PATCH', place, { body, headers: { 'if-match': 'W/"x"' } })
    expect([stale.status, stale.body['status']]).toEqual([412, '412'])
    const head = await client.send('HEAD', place)
    expect([head.status, head.text, head.headers.etag]).toEqual([200, '', tag])
    expect((await client.send('HEAD', '/Users/none')).status).toBe(404)
  })

  it('gives its errors back as they are', async () => {
    await client.post('/Users', person('twice'))
    for (const [answer, status, scimType] of [
      [await client.post('/Users', person('twice')), 409, 'uniqueness'],
      [await client.get('/Users?filter=nope'), 400, 'invalidFilter'],
      [await client.get('/Users/none'), 404, undefined],
      [await client.get('/Nope'), 404, undefined],
      [await client.delete('/Schemas'), 405, undefined],
      [await client.get('/Schemas?filter=id+pr'), 403, undefined],
      [await client.send('POST', '/Users', { body: '{' }), 400, 'invalidSyntax'],
      [await client.send('POST', '/Users', { body: '[]' }), 400, 'invalidSyntax'],
    ] as const) {
      expect([answer.status, answer.body['status'], answer.body['scimType']]).toEqual([
        status,
        String(status),
        scimType,
      ])
      expect(answer.body['schemas']).toEqual([errorSchema])
      expect(answer.headers['content-type']).toBe('application/scim+json')
    }
  })

  it('shows what it offers there, save how one authenticates', async () => {
    const config = await client.send('GET', '/ServiceProviderConfig', { headers: { authorization: null } })
    expect(config.status).toBe(200)
    const theirs = (await service.get('/ServiceProviderConfig')).body
    expect(config.body).toMatchObject({
      patch: theirs['patch'] ?? null,
      filter: theirs['filter'] ?? null,
      authenticationSchemes: [{ type: 'oauthbearertoken' }],
      meta: { location: `${base}/ServiceProviderConfig` },
    })
    for (const path of ['/Schemas', '/ResourceTypes', '/ResourceTypes/User']) {
      const answer = await client.get(path)
      expect(answer.text).toBe((await service.get(path)).text.replaceAll(service.url, base))
    }
  })

  it('asks for our tokens, and says nothing of theirs', async () => {
    const reader = at.client(base, 'reader')
    expect((await reader.get('/Users')).status).toBe(200)
    expect(
      (await reader.post('/Users/.search', { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] }))
        .status,
    ).toBe(200)
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', '/Users/x'],
      ['PATCH', '/Users/x'],
      ['DELETE', '/Users/x'],
      ['POST', '/Bulk'],
      ['PUT', '/Users/.search'],
    ] as const)
      expect((await reader.send(method, path, { body: {} })).status).toBe(403)
    expect((await at.client(base, 'other').get('/Users')).status).toBe(403)
    const theirs = await client.send('GET', '/Users', { headers: { authorization: `Bearer ${service.token}` } })
    expect([theirs.status, theirs.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="scim", error="invalid_token"',
    ])
    const xml = await client.send('POST', '/Users', { body: '<a/>', headers: { 'content-type': 'text/xml' } })
    expect(xml.status).toBe(415)
    expect((await client.send('GET', '/Users', { headers: { accept: 'text/xml' } })).status).toBe(406)
    expect((await client.send('POST', '/Users', { body: `{"a":"${'x'.repeat(2_000_000)}"}` })).status).toBe(413)
  })

  it('is 503 when it refuses our credential, which is not the fault of the client, and the log tells', async () => {
    const wrong = at.client(at.urls[1] ?? '', 'other')
    for (const answer of [
      await wrong.get('/Users'),
      await wrong.post('/Users', person('x')),
      await wrong.get('/Schemas'),
    ]) {
      expect([answer.status, answer.headers['retry-after'], answer.headers['www-authenticate']]).toEqual([
        503,
        '5',
        undefined,
      ])
      expect(answer.body).toMatchObject({ schemas: [errorSchema], status: '503' })
    }
    const failure = at.seen.find((one) => one.kind === 'failure')
    expect(failure).toMatchObject({ code: 'SB406', cause: { message: 'it refuses our credential with 401' } })
    expect(JSON.stringify(at.seen)).not.toContain('not-the-token')
  })

  it('has no /Me: that would be whoever our credential stands for', async () => {
    for (const path of ['/Me', '/me', '/Me/', '/Me/x', '/%4de', '/M%65/x', '/Me;a=b', '/%254de', '/Me%2Fx'])
      expect((await client.get(path)).status).toBe(501)
  })

  it('answers HEAD without a body, and without a word of how long it would have been', async () => {
    const got = await client.send('HEAD', '/Users')
    expect([got.status, got.text, got.headers['content-length'], got.headers['content-type']]).toEqual([
      200,
      '',
      undefined,
      'application/scim+json',
    ])
  })

  it('lets one who may only read search, by the very path of a search', async () => {
    const reader = at.client(base, 'reader')
    const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] }
    for (const path of ['/.search', '/Users/.search']) expect((await reader.post(path, body)).status).toBe(200)
    for (const path of ['/Users;/.search', '/Users%3f/.search', '/Bulk%23/.search', '/Users/%2esearch'])
      expect((await reader.post(path, body)).status).toBe(403)
  })

  it('is the same without a version', async () => {
    const bare = at.client(base.replace(/\/v2$/, ''), 'main')
    expect((await bare.get('/Users')).text).toBe((await client.get('/Users')).text)
    for (const path of ['/v9/Users', '/v1', '/%76%31/Users'])
      expect((await bare.get(path)).body['scimType']).toBe('invalidVers')
  })

  it('is asked over few connections, which are used again', async () => {
    for (let i = 0; i < 20; i++) await client.get('/Users?count=1')
    await Promise.all(Array.from({ length: 20 }, () => client.get('/Users?count=1')))
    expect((await client.get('/Users?count=1')).status).toBe(200)
  })
})
