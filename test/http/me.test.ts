import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { Client } from '../wire/client.ts'
import { configured, sha256Of, shippedMapping } from '../wire/configured.ts'
import type { Configured } from '../wire/configured.ts'
import { errorSchema, patchOf, person } from '../wire/people.ts'

/** An application without people. */
function groupsOnly(folder: string): string {
  const file = join(folder, 'groups.yaml')
  const text = 'version: 1\nbackend: { kind: memory }\nresources: { Group: { attributes: { displayName: name } } }\n'
  writeFileSync(file, text)
  return file
}

const token = (name: string, more = ''): string => `  - { name: ${name}, sha256: ${sha256Of(name)}${more} }`

describe('/Me', () => {
  let at: Configured
  let admin: Client
  let ada: Client
  let adaId: string
  beforeAll(async () => {
    at = await configured(
      (folder) => `
tokens:
${token('admin')}
${token('ada', ', userName: "Ada \\"the\\" First"')}
${token('reader', ', userName: rita, readOnly: true')}
${token('nobody', ', userName: nobody')}
${token('twin', ', userName: same')}
applications:
  people: { mapping: ${shippedMapping(folder, 'conformance-sqlite', 'people')} }
  legacy: { mapping: ${shippedMapping(folder, 'demo', 'legacy')} }
  groups: { mapping: ${groupsOnly(folder)} }
`,
    )
    admin = at.client(at.urls[0] ?? '', 'admin')
    ada = at.client(at.urls[0] ?? '', 'ada')
    adaId = String((await admin.post('/Users', person('ada "THE" first', { title: 'Countess' }))).body['id'])
    for (const name of ['rita', 'bob']) expect((await admin.post('/Users', person(name))).status).toBe(201)
  })
  afterAll(async () => at?.stop())

  it('is the person of the token, with the permanent URI', async () => {
    const whole = await admin.get(`/Users/${adaId}`)
    const mine = await ada.get('/Me')
    expect([mine.status, mine.body]).toEqual([200, whole.body])
    expect(mine.headers.location).toBe(`${at.urls[0]}/Users/${adaId}`)
    expect(mine.headers.location).toBe((whole.body['meta'] as JsonObject)['location'])
    expect(mine.headers.etag).toBe(whole.headers.etag)
    const part = await ada.get('/Me?attributes=title&')
    expect(part.body).toEqual({ schemas: whole.body['schemas'], id: adaId, title: 'Countess' })
    const head = await ada.send('HEAD', '/Me')
    expect([head.status, head.text, head.headers.location]).toEqual([200, '', mine.headers.location])
    const same = await ada.send('GET', '/Me', { headers: { 'if-none-match': String(mine.headers.etag) } })
    expect([same.status, same.text, same.headers.location]).toEqual([304, '', mine.headers.location])
  })

  it('is changed by PATCH and PUT, guarded like any other', async () => {
    const patched = await ada.patch('/Me', { op: 'replace', path: 'title', value: 'Analyst' })
    expect([patched.status, patched.body['title']]).toEqual([200, 'Analyst'])
    expect(patched.headers.location).toBe(`${at.urls[0]}/Users/${adaId}`)
    const stale = await ada.send('PATCH', '/Me', {
      body: patchOf({ op: 'replace', path: 'title', value: 'never' }),
      headers: { 'if-match': 'W/"nonsense"' },
    })
    expect(stale.status).toBe(412)
    const put = await ada.put('/Me', person('Ada "the" First', { title: 'Author' }))
    expect([put.status, put.body['id'], put.body['title']]).toEqual([200, adaId, 'Author'])
    expect((await admin.get(`/Users/${adaId}`)).body['title']).toBe('Author')
    expect((await ada.put('/Me', person('bob'))).status).toBe(409)
  })

  it('is nobody for a token that stands for nobody: 501', async () => {
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', person('x')],
      ['PATCH', patchOf({ op: 'replace', path: 'title', value: 'x' })],
      ['DELETE', undefined],
    ] as const) {
      const answer = await admin.send(method, '/Me', { body })
      expect([method, answer.status]).toEqual([method, 501])
      expect(answer.body).toMatchObject({ schemas: [errorSchema], status: '501' })
    }
  })

  it('creates nobody: 501', async () => {
    const answer = await ada.post('/Me', person('carla'))
    expect([answer.status, answer.body['status']]).toEqual([501, '501'])
    expect((await admin.get('/Users?filter=userName%20eq%20%22carla%22')).body['totalResults']).toBe(0)
  })

  it('is 404 when there is no such person, whatever the method, and never somebody else', async () => {
    const nobody = at.client(at.urls[0] ?? '', 'nobody')
    const before = (await admin.get('/Users')).body
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', person('nobody')],
      ['PATCH', patchOf({ op: 'replace', path: 'title', value: 'x' })],
      ['DELETE', undefined],
    ] as const) {
      const answer = await nobody.send(method, '/Me', { body })
      expect([method, answer.status, answer.headers.location]).toEqual([method, 404, undefined])
      expect(answer.body).toMatchObject({ schemas: [errorSchema], status: '404' })
    }
    expect((await admin.get('/Users')).body).toEqual(before)
  })

  it('is only looked at with a reading token', async () => {
    const reader = at.client(at.urls[0] ?? '', 'reader')
    expect((await reader.get('/Me')).body['userName']).toBe('rita')
    expect((await reader.patch('/Me', { op: 'replace', path: 'title', value: 'x' })).status).toBe(403)
    expect((await reader.delete('/Me')).status).toBe(403)
  })

  it('says which methods it takes', async () => {
    const answer = await ada.send('OPTIONS', '/Me')
    expect([answer.status, answer.headers.allow]).toEqual([204, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'])
  })

  it('is the person of that name in each application, and nobody when several have it', async () => {
    const legacy = at.client(at.urls[1] ?? '', 'twin')
    expect((await legacy.get('/Me')).status).toBe(404)
    const database = new DatabaseSync(join(at.folder, 'legacy.db'))
    const add = "INSERT INTO EMP (CO_NO, LOGIN, LNAME, CRE_DT) VALUES (?, 'same', 'Twin', '20200101')"
    // of another company, so nobody to this application
    database.prepare(add).run(2)
    expect((await legacy.get('/Me')).status).toBe(404)
    database.prepare(add).run(1)
    expect((await legacy.get('/Me')).body['userName']).toBe('same')
    database.prepare(add).run(1)
    database.close()
    expect((await legacy.get('/Me')).status).toBe(403)
    expect((await legacy.delete('/Me')).status).toBe(403)
  })

  it('is 501 where there are no people', async () => {
    expect((await at.client(at.urls[2] ?? '', 'ada').get('/Me')).status).toBe(501)
  })

  it('goes with DELETE, and is then nobody', async () => {
    const gone = await ada.delete('/Me')
    expect([gone.status, gone.headers.location]).toEqual([204, `${at.urls[0]}/Users/${adaId}`])
    expect((await admin.get(`/Users/${adaId}`)).status).toBe(404)
    expect((await ada.get('/Me')).status).toBe(404)
  })
})
