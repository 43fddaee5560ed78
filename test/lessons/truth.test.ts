import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { log } from '../../src/observe/log.ts'
import { enterpriseSchema, groupSchema, patchOf, person, team, userSchema, where } from '../wire/people.ts'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'
import { refusal } from '../wire/refusal.ts'

describe.each(['demo', 'conformance-sqlite'] as const)('answers of %s', (name) => {
  let server: Stand
  beforeAll(async () => {
    server = await stand(name)
  })
  afterAll(async () => server?.stop())

  const everything: JsonObject = {
    schemas: [userSchema, enterpriseSchema, 'urn:example:unknown'],
    id: '1',
    externalId: '1',
    meta: {
      resourceType: 'Group',
      created: '1999-01-01T00:00:00Z',
      version: 'W/"x"',
      location: 'http://evil.example/',
    },
    userName: 'everything',
    name: { givenName: 'Eve', familyName: 'Rything', nosuch: 'x' },
    displayName: 'Shown Otherwise',
    nickName: 'Evie',
    title: 'Tester',
    locale: 'de-DE',
    nosuch: { a: 1 },
    groups: [{ value: '1' }],
    emails: [{ value: 'eve@example.com', type: 'work', primary: true, nosuch: 1 }],
    phoneNumbers: [
      { value: '1', type: 'work' },
      { value: '2', type: 'pager' },
    ],
    'urn:example:unknown': { secret: 1 },
    [enterpriseSchema]: { employeeNumber: '77', nosuch: 'x' },
  }

  // elsewhere POST and PATCH echoed what was never stored
  it('show what is held and nothing else, on POST, PUT and PATCH alike', async () => {
    const made = await server.post('/Users', everything)
    expect(made.status, made.text).toBe(201)
    const path = `/Users/${String(made.body['id'])}`
    expect((await server.get(path)).body).toEqual(made.body)
    expect(made.text).not.toMatch(/nosuch|urn:example:unknown|evil\.example|1999/)
    expect(made.headers.location).toBe((made.body['meta'] as JsonObject)['location'])
    const replaced = await server.put(path, { ...everything, title: 'Replaced' })
    expect(replaced.status, replaced.text).toBe(200)
    expect((await server.get(path)).body).toEqual(replaced.body)
    const patched = await server.patch(path, {
      op: 'replace',
      value: { title: 'Patched', nosuch: 'x', meta: { created: '1999-01-01T00:00:00Z' }, locale: 'fr-FR' },
    })
    expect(patched.status, patched.text).toBe(200)
    expect((await server.get(path)).body).toEqual(patched.body)
    expect(patched.body['title']).toBe('Patched')
  })

  // elsewhere an id or externalId from the client became the key of another's record
  it('take no id from a client', async () => {
    const victim = (await server.get('/Users?count=1')).body['Resources'] as readonly JsonObject[]
    const id = String(victim[0]?.['id'])
    const made = await server.post('/Users', person('impostor', { id, externalId: id }))
    expect(made.status, made.text).toBe(201)
    expect(made.body['id']).not.toBe(id)
    expect(made.body['externalId']).toBe(id)
    expect((await server.get(`/Users/${id}`)).body).toEqual(victim[0])
    const path = `/Users/${String(made.body['id'])}`
    const put = await server.put(path, person('impostor', { id, title: 'taken over' }))
    expect([put.status, put.body['id']], put.text).toEqual([200, made.body['id']])
    expect((await server.get(`/Users/${id}`)).body).toEqual(victim[0])
    for (const attribute of ['id', 'meta.created', 'meta']) {
      const patched = await server.patch(path, {
        op: 'replace',
        path: attribute,
        value: attribute === 'meta' ? {} : id,
      })
      expect(refusal(patched, attribute)).toBe('400 mutability')
    }
    expect((await server.get(`/Users${where(`externalId eq "${id}"`)}`)).body['totalResults']).toBe(1)
  })

  it('keep the id over a rename', async () => {
    const made = await server.post('/Users', person('before'))
    const path = `/Users/${String(made.body['id'])}`
    expect((await server.patch(path, { op: 'replace', path: 'userName', value: 'after' })).body).toMatchObject({
      id: made.body['id'],
      userName: 'after',
    })
    expect((await server.put(path, person('After'))).body).toMatchObject({ id: made.body['id'], userName: 'After' })
  })

  it.each<readonly [string, unknown, RegExp]>([
    ['an operation that is none', patchOf({ op: 'bogus', path: 'title', value: 'x' }), /^400 invalid(?:Syntax|Value)$/],
    ['no operation', patchOf(), /^400 invalid(?:Syntax|Value)$/],
    ['no Operations', { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] }, /^400 invalid(?:Syntax|Value)$/],
    ['no op', patchOf({ path: 'title', value: 'x' }), /^400 invalid(?:Syntax|Value)$/],
    ['a broken path', patchOf({ op: 'replace', path: 'emails[type eq', value: 'x' }), /^400 invalid(?:Path|Filter)$/],
    ['an unknown path', patchOf({ op: 'replace', path: 'nosuch', value: 'x' }), /^400 invalidPath$/],
    ['no target', patchOf({ op: 'remove' }), /^400 noTarget$/],
    ['no value', patchOf({ op: 'add', path: 'title' }), /^400 invalid(?:Value|Syntax)$/],
    [
      'a required attribute taken away',
      patchOf({ op: 'remove', path: 'userName' }),
      /^400 (?:mutability|invalidValue)$/,
    ],
    [
      'a good operation before a bad one',
      patchOf({ op: 'replace', path: 'title', value: 'half done' }, { op: 'replace', path: 'nosuch', value: 1 }),
      /^400 invalidPath$/,
    ],
  ])('refuse a PATCH with %s and change nothing', async (what, body, wanted) => {
    const path = `/Users/${String((await server.post('/Users', person(`patch ${what}`))).body['id'])}`
    const before = (await server.get(path)).body
    expect(refusal(await server.send('PATCH', path, { body }), what)).toMatch(wanted)
    expect((await server.get(path)).body).toEqual(before)
  })

  // disabling by flipping a bit enabled whoever was disabled already
  it('keep disabled who is disabled twice', async () => {
    const path = `/Users/${String((await server.post('/Users', person('leaver', { active: true }))).body['id'])}`
    for (const value of [false, false, 'False']) {
      expect((await server.patch(path, { op: 'replace', path: 'active', value })).body['active']).toBe(false)
      expect((await server.get(path)).body['active']).toBe(false)
    }
    expect((await server.put(path, person('leaver', { active: false }))).body['active']).toBe(false)
    // RFC 7644 section 3.5.1 leaves open what an absent attribute means; nobody is let in by leaving it out
    expect((await server.put(path, person('leaver'))).body['active']).toBe(false)
    expect((await server.get(`/Users${where('userName eq "leaver"')}`)).body['totalResults']).toBe(1)
    for (const value of [true, true]) {
      expect((await server.patch(path, { op: 'replace', path: 'active', value })).body['active']).toBe(true)
    }
  })

  it('leave nothing of a failed create behind', async () => {
    const before = server.dump()
    const bad: readonly (readonly [string, JsonObject])[] = [
      ['/Groups', team('retried', ['nobody'])],
      ['/Users', person('retried', { emails: [{ value: 5 }] })],
      ...(name === 'demo'
        ? ([
            [
              '/Users',
              person('retried', { externalId: 'r', [enterpriseSchema]: { department: 'No Such Department' } }),
            ],
          ] as const)
        : []),
    ]
    for (const [path, body] of bad) refusal(await server.post(path, body), path)
    expect(server.dump() === before).toBe(true)
    expect((await server.get(`/Users${where('externalId eq "r"')}`)).body['totalResults']).toBe(0)
    expect((await server.post('/Groups', team('retried'))).status).toBe(201)
    expect((await server.post('/Users', person('retried', { externalId: 'r' }))).status).toBe(201)
  })

  it('are 404 for whoever is deleted, and the name is free again', async () => {
    const made = await server.post('/Users', person('gone', { externalId: 'gone-1' }))
    const path = `/Users/${String(made.body['id'])}`
    const group = await server.post('/Groups', team('has gone', [String(made.body['id'])]))
    expect((await server.delete(path)).status).toBe(204)
    expect((await server.delete(path)).status).toBe(404)
    expect((await server.get(path)).status).toBe(404)
    expect((await server.put(path, person('gone'))).status).toBe(404)
    expect((await server.patch(path, { op: 'replace', path: 'title', value: 'x' })).status).toBe(404)
    for (const filter of ['userName eq "gone"', 'externalId eq "gone-1"', `id eq "${String(made.body['id'])}"`]) {
      expect((await server.get(`/Users${where(filter)}`)).body['totalResults'], filter).toBe(0)
    }
    expect((await server.get(`/Groups/${String(group.body['id'])}`)).body['members'] ?? []).toEqual([])
    const again = await server.post('/Users', person('gone', { externalId: 'gone-1' }))
    expect(again.status, again.text).toBe(201)
    expect(again.body['id']).not.toBe(made.body['id'])
    expect(again.body['groups']).toBeUndefined()
  })

  it('believe no proxy that nobody has named', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-prefix': '/evil',
      forwarded: 'for=10.0.0.1;host=evil.example;proto=https',
      'x-http-method-override': 'DELETE',
      'x-original-url': '/Groups',
    }
    const answer = await server.send('POST', '/Users', { body: person('forwarded'), headers })
    expect(answer.status).toBe(201)
    expect(answer.headers.location).toBe(`${server.url}/Users/${String(answer.body['id'])}`)
    expect(answer.text).not.toContain('evil')
    const read = await server.send('GET', `/Users/${String(answer.body['id'])}`, { headers })
    expect([read.status, read.body]).toEqual([200, answer.body])
  })

  it('need the token', async () => {
    for (const authorization of [
      null,
      'Bearer',
      'Bearer x',
      `bearer  ${server.token}x`,
      `Basic ${server.token}`,
      server.token,
    ]) {
      const answer = await server.send('GET', '/Users', { headers: { authorization } })
      expect(refusal(answer, String(authorization).slice(0, 12))).toBe('401')
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    }
  })

  // a gateway logged userPassword in clear as it was shipped
  it('and the log hold no password, token, filter or value, at any level', async () => {
    const secrets = ['S3cret-Pass-Word', 'filtered-value-xyz', 'personal-value-xyz', server.token]
    const sink = new PassThrough()
    let written = ''
    sink.on('data', (chunk: Buffer) => (written += chunk.toString()))
    const write = log({ level: 'debug', to: sink })
    const seenBefore = server.seen.length
    const [secret = '', filtered = '', personal = ''] = secrets
    const path = `/Users/${String((await server.post('/Users', person(personal, { password: secret }))).body['id'])}`
    await server.put(path, person(personal, { password: secret, title: personal }))
    await server.patch(path, { op: 'Replace', path: 'password', value: secret })
    await server.patch(path, { op: 'replace', value: { password: secret, active: 'False' } })
    await server.patch(path, { op: 'bogus', path: 'password', value: secret })
    await server.post('/Users', person(personal, { password: secret }))
    await server.post('/Users', { schemas: [groupSchema], userName: 5, password: secret })
    await server.send('POST', '/Users', { body: `{"password":"${secret}"` })
    await server.get(`/Users${where(`userName eq "${filtered}"`)}`)
    await server.get(`/Users${where(`userName xx "${filtered}"`)}`)
    await server.get(`/Users/${filtered}`)
    await server.send('GET', '/Users', { headers: { authorization: `Bearer ${secret}` } })
    for (const observation of server.seen.slice(seenBefore)) write(observation)
    await new Promise((resolve) => setImmediate(resolve))
    expect(written.split('\n').length).toBeGreaterThan(10)
    for (const text of secrets) expect(written).not.toContain(text)
    expect(server.dump()).not.toContain(secret)
  })
})
