import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusTable } from '../../src/scim/error-answer.ts'
import { bulkOf, outcomes, post, remove, resultsOf } from '../wire/bulk.ts'
import type { Answer, Client, Sent } from '../wire/client.ts'
import { configured, sha256Of, shippedMapping } from '../wire/configured.ts'
import type { Configured } from '../wire/configured.ts'
import { errorSchema, patchOf, person, userSchema } from '../wire/people.ts'
import { scimTypes } from '../wire/refusal.ts'

/** RFC 7644 section 3.12, table 8, and what RFC 9110 has for a request that HTTP itself refuses. */
const statuses = new Set([400, 401, 403, 404, 409, 412, 413, 500, 501, 405, 406, 408, 414, 415, 431, 503])

let at: Configured
let client: Client
let bare: Client
let id = ''
let stale = ''
beforeAll(async () => {
  at = await configured(
    (folder) => `
tokens: [{ name: main, sha256: ${sha256Of('main')} }, { name: reader, sha256: ${sha256Of('reader')}, readOnly: true }]
limits: { body: 64 KiB, uri: 2 KiB, scanLimit: 5, bulkOperations: 3, bulkPayload: 128 KiB, operations: 5 }
applications: { people: { mapping: ${shippedMapping(folder, 'conformance-sqlite', 'people')} } }
`,
  )
  const url = at.urls[0] ?? ''
  client = at.client(url, 'main')
  bare = at.client(url.replace(/\/v2$/, ''), 'main')
  const made = await client.post('/Users', person('taken'))
  id = String(made.body['id'])
  stale = String(made.headers.etag)
  await client.patch(`/Users/${id}`, { op: 'add', path: 'title', value: 'Newer' })
  for (let i = 0; i < 6; i++) await client.post('/Users', person(`crowd-${i}`))
})
afterAll(async () => at?.stop())

/** RFC 7644 section 3.12: the message, its type, and nothing of the inside. */
function proper({ status, body, headers, text }: Answer): string {
  expect(statuses, text).toContain(status)
  expect(headers['content-type'], text).toBe('application/scim+json')
  expect(body['schemas']).toEqual([errorSchema])
  expect(body['status']).toBe(String(status))
  expect(String(body['detail']).length).toBeGreaterThan(9)
  const { scimType } = body
  expect(Object.keys(body).filter((key) => !['schemas', 'status', 'detail', 'scimType'].includes(key))).toEqual([])
  if (scimType !== undefined) expect(scimTypes).toContain(scimType)
  expect(text).not.toMatch(/SELECT|sqlite|\bat .*\.ts:|node_modules|\/tmp\//i)
  return scimType === undefined ? String(status) : `${status} ${String(scimType)}`
}

describe('an error (RFC 7644 section 3.12)', () => {
  type Ask = readonly [method: string, path: string | (() => string), sent?: Sent | (() => Sent)]
  const user = (): string => `/Users/${id}`
  const cases: readonly (readonly [expected: string, what: string, ask: Ask])[] = [
    ['400 invalidSyntax', 'a body that is no JSON', ['POST', '/Users', { body: '{"a":' }]],
    ['400 invalidSyntax', 'no body', ['POST', '/Users']],
    ['400 invalidSyntax', 'a PATCH without operations', ['PATCH', user, { body: { schemas: [userSchema] } }]],
    ['400 invalidFilter', 'half a filter', ['GET', '/Users?filter=userName%20eq']],
    ['400 invalidFilter', 'a filter on what is not there', ['GET', '/Users?filter=nothing%20pr']],
    ['400 invalidValue', 'a required value that is missing', ['POST', '/Users', { body: { schemas: [userSchema] } }]],
    ['400 invalidPath', 'a path to nothing', ['PATCH', user, { body: patchOf({ op: 'add', path: 'no', value: 1 }) }]],
    ['400 noTarget', 'a removal of everything', ['PATCH', user, { body: patchOf({ op: 'remove' }) }]],
    ['400 mutability', 'a new id', ['PATCH', user, { body: patchOf({ op: 'replace', path: 'id', value: 'x' }) }]],
    [
      '400 tooMany',
      'a filter that has to be looked up one by one',
      ['GET', '/Users?filter=meta.version%20co%20%22e%22'],
    ],
    ['401', 'no token', ['GET', '/Users', { headers: { authorization: null } }]],
    ['401', 'another token', ['GET', '/Users', { headers: { authorization: 'Bearer of-somebody-else' } }]],
    ['403', 'a filter on discovery', ['GET', '/Schemas?filter=id%20pr']],
    ['404', 'nobody', ['GET', '/Users/00000000-0000-4000-8000-000000000000']],
    ['404', 'no endpoint', ['GET', '/Nope']],
    ['405', 'a method that is not for this', ['PATCH', '/Users', { body: {} }]],
    ['406', 'another format', ['GET', '/Users', { headers: { accept: 'text/xml' } }]],
    ['409 uniqueness', 'a name that is taken', ['POST', '/Users', { body: person('TAKEN') }]],
    ['412', 'a version that is no more', ['DELETE', user, () => ({ headers: { 'if-match': stale } })]],
    ['413', 'a body that is too large', ['POST', '/Users', { body: person('x', { title: 'x'.repeat(70_000) }) }]],
    ['413', 'too many operations of a PATCH', ['PATCH', user, { body: patchOf(...Array(6).fill({ op: 'add' })) }]],
    ['413', 'too many of a bulk request', ['POST', '/Bulk', { body: bulkOf(Array(4).fill(remove('/Users/1'))) }]],
    ['414', 'a URL that is too long', ['GET', `/Users?filter=${'x'.repeat(3000)}`]],
    ['415', 'a body of another type', ['POST', '/Users', { body: '<a/>', headers: { 'content-type': 'text/xml' } }]],
    ['501', 'what is not offered', ['GET', '/Me']],
  ]
  it.each(cases)('is %s for %s', async (expected, _, [method, path, sent = {}]) => {
    const where = typeof path === 'string' ? path : path()
    const answer = await client.send(method, where, typeof sent === 'function' ? sent() : sent)
    expect(proper(answer)).toBe(expected)
    expect(answer.headers['www-authenticate'] !== undefined).toBe(answer.status === 401)
  })

  it('is 403 for a write with a token that may only read', async () => {
    const reader = at.client(at.urls[0] ?? '', 'reader')
    expect(proper(await reader.delete(user()))).toBe('403')
  })

  it('is 400 invalidVers for another version of the protocol', async () => {
    expect(proper(await bare.get('/v1/Users'))).toBe('400 invalidVers')
  })

  it('is a SCIM message also where the request was no HTTP', async () => {
    const { hostname, port } = new URL(at.urls[0] ?? '')
    const text = await new Promise<string>((resolve) => {
      let told = ''
      const socket = connect(Number(port), hostname, () => socket.write('nonsense\r\n\r\n'))
      socket.on('data', (part) => (told += String(part))).on('close', () => resolve(told))
    })
    expect(text).toMatch(/^HTTP\/1\.1 400 [^]*application\/scim\+json[^]*api:messages:2\.0:Error/)
  })

  it('of an operation of a bulk request is the same message', async () => {
    const answer = await client.post('/Bulk', bulkOf([post('a', '/Users', person('Taken')), remove('/Users/1')]))
    expect(outcomes(answer)).toEqual(['409 uniqueness', '404'])
    const single = [await client.post('/Users', person('Taken')), await client.delete('/Users/1')]
    expect(resultsOf(answer).map(({ response }) => response)).toEqual(single.map(({ body }) => body))
  })

  it('has a status and a word of the tables, whatever it is', () => {
    for (const { status, scimType } of Object.values(statusTable)) {
      expect(statuses).toContain(status)
      if (scimType !== undefined) expect(scimTypes).toContain(scimType)
    }
  })
})
