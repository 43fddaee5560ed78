import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { Client } from '../../wire/client.ts'
import { configured, sha256Of, shippedMapping, tokenOf } from '../../wire/configured.ts'
import type { Configured } from '../../wire/configured.ts'
import { errorSchema, groupSchema, person, userSchema } from '../../wire/people.ts'
import { stand } from '../../wire/playground.ts'
import type { Stand } from '../../wire/playground.ts'
import { converse } from '../stand.ts'
import { answer, oddService } from './odd-service.ts'

const tokens = `tokens: [{ name: main, sha256: ${sha256Of('main')} }, { name: reader, sha256: ${sha256Of('reader')}, readOnly: true }]`

/** A mapping of people over a database, with `more` resource types beside. */
function mapping(folder: string, name: string, more: string): string {
  const file = join(folder, `${name}.yaml`)
  writeFileSync(
    file,
    `version: 1
backend: { kind: memory }
resources:
  User: { attributes: { userName: login, title: title } }
${more}`,
  )
  return file
}

const resources = ({ body }: { readonly body: JsonObject }): readonly JsonObject[] =>
  (body['Resources'] ?? []) as readonly JsonObject[]

/** Those of resources, without those that describe discovery itself. */
const urnsOf = (answer: { readonly body: JsonObject }): readonly string[] =>
  resources(answer)
    .map(({ id }) => String(id))
    .filter((urn) => !/:(?:ServiceProviderConfig|ResourceType|Schema)$/.test(urn))

describe('a resource type that another SCIM service serves', () => {
  let service: Stand
  let at: Configured
  let base: string
  let client: Client
  beforeAll(async () => {
    service = await stand('conformance-sqlite', { empty: true })
    at = await configured(
      (folder) => `
${tokens}
applications:
  hr:
    mapping: ${mapping(
      folder,
      'hr',
      `  Group:
    endpoint: /Teams
    description: Teams of the other service.
    upstream: { url: "${service.url}/Groups", token: "\${TOKEN}" }
`,
    )}
`,
      { TOKEN: service.token },
    )
    base = at.urls[0] ?? ''
    client = at.client(base, 'main')
  })
  afterAll(async () => {
    await at?.stop()
    await service?.stop()
  })

  it('is served beside the types that are mapped, under its own endpoint', async () => {
    expect((await client.post('/Users', person('ada'))).status).toBe(201)
    const theirs = String((await service.post('/Users', person('member'))).body['id'])
    const made = await client.post('/Teams', {
      schemas: [groupSchema],
      displayName: 'team',
      members: [{ value: theirs, $ref: `${base}/Users/${theirs}` }],
    })
    expect(made.status).toBe(201)
    const id = String(made.body['id'])
    expect(made.headers.location).toBe(`${base}/Teams/${id}`)
    expect((made.body['meta'] as JsonObject)['location']).toBe(`${base}/Teams/${id}`)
    expect((await service.get(`/Groups/${id}`)).body['displayName']).toBe('team')
    // their people are not ours: an address that does not lead to one of our endpoints stays
    expect(made.body['members']).toMatchObject([{ value: theirs, $ref: `${service.url}/Users/${theirs}` }])
    const list = await client.get('/teams?filter=displayName+eq+%22team%22')
    expect(resources(list)).toMatchObject([{ id, meta: { location: `${base}/Teams/${id}` } }])
    expect((await client.patch(`/Teams/${id}`, { op: 'replace', path: 'displayName', value: 'b' })).status).toBe(204)
    expect((await client.send('HEAD', `/Teams/${id}`)).status).toBe(200)
    expect((await client.delete(`/Teams/${id}`)).status).toBe(204)
    expect((await client.get(`/Teams/${id}`)).body).toMatchObject({ schemas: [errorSchema], status: '404' })
  })

  it('takes the methods of any resource type, and nothing around them', async () => {
    for (const [method, path, status] of [
      ['DELETE', '/Teams', 405],
      ['POST', '/Teams/1', 405],
      ['GET', '/Teams/.search', 405],
      ['GET', '/Teams/1/2', 404],
      ['GET', '/Teams/..%2fUsers', 404],
      ['GET', '/Groups', 404],
      ['OPTIONS', '/Teams', 204],
    ] as const) {
      expect([method, path, (await client.send(method, path)).status]).toEqual([method, path, status])
    }
    const reader = at.client(base, 'reader')
    expect((await reader.get('/Teams')).status).toBe(200)
    expect((await reader.post('/Teams', { schemas: [groupSchema], displayName: 'no' })).status).toBe(403)
    expect((await client.send('GET', '/Teams', { headers: { authorization: null } })).status).toBe(401)
  })

  it('is nothing but its endpoint by a whole URL as well', async () => {
    const { port, pathname } = new URL(base)
    const ask = (target: string): Promise<string> =>
      converse(Number(port), [
        `GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokenOf('main')}\r\nConnection: close\r\n\r\n`,
      ])
    expect(await ask(`http://any.example${pathname}/Teams?count=0`)).toContain('ListResponse')
    expect(await ask(`http://any.example${pathname}/Teams/none`)).toMatch(/^HTTP\/1\.1 404 /)
    expect(await ask(`ftp://any.example${pathname}/Team`)).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('is described as the service describes it, in our names', async () => {
    const types = await client.get('/ResourceTypes')
    expect(types.body['totalResults']).toBe(2)
    expect(resources(types)[1]).toMatchObject({
      id: 'Group',
      name: 'Group',
      endpoint: '/Teams',
      description: 'Teams of the other service.',
      schema: groupSchema,
      meta: { location: `${base}/ResourceTypes/Group` },
    })
    expect((await client.get('/ResourceTypes/group')).body).toEqual(resources(types)[1])
    const schemas = await client.get('/Schemas')
    expect(urnsOf(schemas)).toEqual([userSchema, groupSchema])
    const there = (await service.get(`/Schemas/${groupSchema}`)).body
    expect((await client.get(`/Schemas/${groupSchema}`)).body).toEqual({
      ...there,
      meta: { resourceType: 'Schema', location: `${base}/Schemas/${groupSchema}` },
    })
    expect((await client.get('/Schemas/urn:nope')).status).toBe(404)
    expect((await client.get('/Schemas?filter=id+pr')).status).toBe(403)
    // of the types that are mapped
    expect((await client.get('/ServiceProviderConfig')).body).toMatchObject({ patch: { supported: true } })
  })

  it('is 501 as an operation of a bulk request, whose other operations are carried out', async () => {
    const answer = await client.post('/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'POST', path: '/Teams', bulkId: 'a', data: { schemas: [groupSchema], displayName: 'bulk' } },
        { method: 'POST', path: '/Users', bulkId: 'b', data: person('bulk') },
        { method: 'DELETE', path: '/teams/1' },
      ],
    })
    expect(answer.body['Operations']).toMatchObject([{ status: '501' }, { status: '201' }, { status: '501' }])
    expect((await service.get('/Groups')).text).not.toContain('bulk')
  })

  it('is not reached by a query of the root', async () => {
    await service.post('/Groups', { schemas: [groupSchema], displayName: 'unseen' })
    const all = await client.get('/')
    expect(JSON.stringify(all.body)).not.toContain('unseen')
  })
})

describe('a resource type whose service is away', () => {
  it('does not keep the bridge from starting, is 503, and is described as soon as it is there', async () => {
    let isAway = true
    const service = await oddService((socket, request) => {
      if (isAway) return void socket.destroy()
      const what = /^GET \/scim\/v2\/(\w+)/.exec(request)?.[1]
      const list = (...some: readonly object[]): string => JSON.stringify({ schemas: [], Resources: some })
      if (what === 'ResourceTypes')
        socket.write(
          answer('200 OK', list({ name: 'Device', endpoint: 'https://x/scim/v2/Devices', schema: 'urn:Device' })),
        )
      else if (what === 'Schemas')
        socket.write(answer('200 OK', list({ id: 'URN:device', attributes: [] }, { id: 'urn:x' })))
      else socket.write(answer('200 OK', '{"id":"1"}'))
    })
    const at = await configured(
      (folder) => `
${tokens}
applications:
  hr: ${mapping(folder, 'hr', `  Device: { upstream: { url: "${service.url}/Devices" } }\n`)}
  known: ${mapping(
    folder,
    'known',
    `  Device: { schema: device, upstream: { url: "${service.url}/Devices" } }
schemas: { device: { id: "urn:example:declared", attributes: [{ name: serial }] } }
`,
  )}
`,
    )
    try {
      const client = at.client(at.urls[0] ?? '', 'main')
      const known = at.client(at.urls[1] ?? '', 'main')
      expect((await client.get('/Users')).status).toBe(200)
      expect((await client.get('/Devices')).status).toBe(503)
      expect((await client.get('/Devices/1')).headers['retry-after']).toBe('5')
      expect(resources(await client.get('/ResourceTypes')).map(({ id }) => id)).toEqual(['User'])
      expect(urnsOf(await client.get('/Schemas'))).toEqual([userSchema])
      expect(at.seen).toContainEqual({
        kind: 'warning',
        about: 'hr: Device',
        detail: expect.stringContaining('its discovery endpoints cannot be read') as string,
      })
      // what the file declares is told whether or not anybody is there
      expect(resources(await known.get('/ResourceTypes'))).toMatchObject([
        { id: 'User' },
        { id: 'Device', schema: 'urn:example:declared' },
      ])
      expect(resources(await known.get('/Schemas')).find(({ id }) => id === 'urn:example:declared')).toMatchObject({
        id: 'urn:example:declared',
        attributes: [{ name: 'serial' }],
      })
      isAway = false
      expect((await client.get('/Devices/1')).body).toEqual({ id: '1' })
      await expect
        .poll(async () => resources(await client.get('/ResourceTypes')).map(({ id }) => id), { timeout: 10_000 })
        .toEqual(['User', 'Device'])
      expect(urnsOf(await client.get('/Schemas'))).toEqual([userSchema, 'URN:device'])
      isAway = true
      expect(resources(await client.get('/ResourceTypes'))).toHaveLength(2)
      expect((await client.get('/Devices/1')).status).toBe(503)
    } finally {
      await at.stop()
    }
  }, 20_000)

  it('leaves a mapping over a database what it was', async () => {
    const at = await configured((folder) => `${tokens}\napplications: { a: ${shippedMapping(folder, 'demo', 'a')} }\n`)
    try {
      const client = at.client(at.urls[0] ?? '', 'main')
      expect((await client.get('/ResourceTypes')).body['totalResults']).toBe(
        resources(await client.get('/ResourceTypes')).length,
      )
    } finally {
      await at.stop()
    }
  })
})
