import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { Client } from '../wire/client.ts'
import { configured, sha256Of, shippedMapping } from '../wire/configured.ts'
import type { Configured } from '../wire/configured.ts'
import { errorSchema, patchOf, person, team, where } from '../wire/people.ts'

/** Two customers in one process, told apart by the path (RFC 7644 section 6.1). */
describe('two applications in one process', () => {
  let at: Configured
  let [a, b]: readonly Client[] = []
  let of: { readonly a: JsonObject; readonly b: JsonObject }
  beforeAll(async () => {
    at = await configured(
      (folder) => `
tokens:
  - { name: all, sha256: ${sha256Of('all')} }
  - { name: a, sha256: ${sha256Of('a')}, applications: [a] }
  - { name: b, sha256: ${sha256Of('b')}, applications: [b] }
applications:
  a: { mapping: ${shippedMapping(folder, 'conformance-sqlite', 'a')} }
  b: { mapping: ${shippedMapping(folder, 'conformance-sqlite', 'b')} }
`,
    )
    a = at.client(at.urls[0] ?? '', 'a')
    b = at.client(at.urls[1] ?? '', 'b')
    of = {
      a: (await a.post('/Users', person('same', { externalId: '1', title: 'of a' }))).body,
      b: (await b.post('/Users', person('same', { externalId: '1', title: 'of b' }))).body,
    }
    for (const name of ['b2', 'b3', 'b4']) await b.post('/Users', person(name))
  })
  afterAll(async () => at?.stop())
  const both = () => {
    if (a === undefined || b === undefined) throw new Error('not started')
    return { a, b }
  }

  it('hold people of the same name and the same externalId, each its own', async () => {
    const { a, b } = both()
    expect(of.a['id']).not.toBe(of.b['id'])
    expect((await a.get('/Users')).body['totalResults']).toBe(1)
    expect((await b.get('/Users')).body['totalResults']).toBe(4)
    for (const filter of ['externalId eq "1"', 'userName eq "same"']) {
      expect((await a.get(`/Users${where(filter)}`)).body['Resources']).toMatchObject([{ title: 'of a' }])
      expect((await b.get(`/Users${where(filter)}`)).body['Resources']).toMatchObject([{ title: 'of b' }])
    }
    expect((await a.get(`/Users${where(`id eq "${String(of.b['id'])}"`)}`)).body['totalResults']).toBe(0)
  })

  it('keep each other out: the token of one is 403 at the other', async () => {
    const crossed = at.client(at.urls[1] ?? '', 'a')
    for (const [method, path, body] of [
      ['GET', '/Users', undefined],
      ['GET', `/Users/${String(of.b['id'])}`, undefined],
      ['POST', '/Users', person('intruder')],
      ['PATCH', `/Users/${String(of.b['id'])}`, patchOf({ op: 'remove', path: 'title' })],
      ['DELETE', `/Users/${String(of.b['id'])}`, undefined],
      ['GET', '/Schemas', undefined],
      ['GET', '/Me', undefined],
    ] as const) {
      const answer = await crossed.send(method, path, { body })
      expect([method, path, answer.status]).toEqual([method, path, 403])
      expect(answer.body).toMatchObject({ schemas: [errorSchema], status: '403' })
    }
    expect((await both().b.get('/Users')).body['totalResults']).toBe(4)
  })

  it('know nothing of an id, a version or a page of the other', async () => {
    const { a, b } = both()
    const theirs = `/Users/${String(of.b['id'])}`
    const guard = { 'if-match': String((of.b['meta'] as JsonObject)['version']) }
    expect((await a.get(theirs)).status).toBe(404)
    expect((await a.delete(theirs)).status).toBe(404)
    expect((await a.send('PUT', theirs, { body: person('x'), headers: guard })).status).toBe(404)
    // their version as it stands after a change is not that of ours
    await b.patch(theirs, { op: 'replace', path: 'title', value: 'newer' })
    const newer = String((await b.get(theirs)).headers.etag)
    const mine = `/Users/${String(of.a['id'])}`
    const stale = await a.send('PATCH', mine, {
      body: patchOf({ op: 'replace', path: 'title', value: 'x' }),
      headers: { 'if-match': newer },
    })
    expect(stale.status).toBe(412)
    expect((await a.send('GET', mine, { headers: { 'if-none-match': newer } })).status).toBe(200)
    // one credential for both: where its walk through one ended says nothing of the other
    const [allA, allB] = at.urls.map((url) => at.client(url, 'all'))
    expect((await allB?.get('/Users?count=2'))?.body['itemsPerPage']).toBe(2)
    expect((await allA?.get('/Users?startIndex=3&count=2'))?.body).toMatchObject({ totalResults: 1, itemsPerPage: 0 })
    expect((await a.get(mine)).body['title']).toBe('of a')
  })

  it('know no cursor of the other, and reach nothing of it by a bulk request', async () => {
    const [allA, allB] = at.urls.map((url) => at.client(url, 'all'))
    const page = await allB?.get('/Users?cursor&count=2')
    const cursor = String(page?.body['nextCursor'])
    expect(cursor.length).toBeGreaterThan(10)
    expect((await allB?.get(`/Users?cursor=${encodeURIComponent(cursor)}&count=2`))?.status).toBe(200)
    const crossed = await allA?.get(`/Users?cursor=${encodeURIComponent(cursor)}&count=2`)
    expect([crossed?.status, crossed?.body['scimType']]).toEqual([400, 'invalidCursor'])
    const { a, b } = both()
    const theirs = String(of.b['id'])
    const answer = await a.post('/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'DELETE', path: `/Users/${theirs}` },
        { method: 'DELETE', path: `/../../../b/scim/v2/Users/${theirs}` },
      ],
    })
    expect(answer.body['Operations']).toMatchObject([{ status: '404' }, { status: '400' }])
    expect((await b.get(`/Users/${theirs}`)).status).toBe(200)
  })

  it('take nobody of the other for a member', async () => {
    const { a } = both()
    const answer = await a.post('/Groups', team('crossed', [String(of.b['id'])]))
    expect([answer.status, answer.body['scimType']]).toEqual([400, 'invalidValue'])
    expect((await a.get('/Groups')).body['totalResults']).toBe(0)
  })

  it('are not reached by walking up a path', async () => {
    const { a } = both()
    for (const path of [
      '/../../../b/scim/v2/Users',
      '/%2e%2e/%2e%2e/%2e%2e/b/scim/v2/Users',
      '/Users/..%2f..%2f..%2fb',
    ])
      expect([403, 404]).toContain((await a.get(path)).status)
  })
})
