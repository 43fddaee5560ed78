import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { where } from '../wire/people.ts'
import type { Served } from '../wire/playground.ts'
import { everything, fresh, made, testExtension, testResource, testSchema } from './test-resource.ts'

const wrong = (scimType: string, ...named: readonly string[]) =>
  expect.objectContaining({
    status: 400,
    body: expect.objectContaining({
      scimType,
      detail: expect.stringMatching(new RegExp(named.map((name) => `(?=.*${name})`).join(''))) as string,
    }) as JsonObject,
  }) as unknown

const replace = (path: string, value: unknown) => ({ op: 'replace', path, value })
const remove = (path: string) => ({ op: 'remove', path })

/** What RFC 7643 section 7 says of an attribute, held by a resource type that has one for each. `open`: empty, strict. */
export function holdCharacteristics(open: () => Promise<Served>): void {
  let server: Served
  beforeAll(async () => {
    server = await open()
  })
  afterAll(async () => server?.stop())

  const shown = async (path: string): Promise<JsonObject> => (await server.get(path)).body
  const found = async (filter: string): Promise<number> => {
    const answer = await server.get(`/TestResources${where(filter)}`)
    expect(answer.status, answer.text).toBe(200)
    return Number(answer.body['totalResults'])
  }

  describe('required', () => {
    it.each([
      ['no value', (body: JsonObject) => ({ ...body, identifier: undefined })],
      ['null', (body: JsonObject) => ({ ...body, identifier: null })],
      ['an empty string', (body: JsonObject) => ({ ...body, identifier: '' })],
    ])('refuses %s in POST and PUT', async (_, change) => {
      const { path } = await made(server, testResource(fresh()))
      const before = await shown(path)
      expect(await server.post('/TestResources', change(testResource(fresh())))).toEqual(
        wrong('invalidValue', 'identifier'),
      )
      expect(await server.put(path, change(testResource(fresh())))).toEqual(wrong('invalidValue', 'identifier'))
      expect(await shown(path)).toEqual(before)
    })

    it('does not let a PATCH take it away', async () => {
      const { path } = await made(server, testResource(fresh()))
      const before = await shown(path)
      expect(await server.patch(path, remove('identifier'))).toEqual(wrong('mutability', 'identifier'))
      expect(await server.patch(path, replace('identifier', null))).toEqual(wrong('invalidValue', 'identifier'))
      expect(await server.patch(path, { op: 'replace', value: { identifier: '' } })).toEqual(
        wrong('invalidValue', 'identifier'),
      )
      expect(await shown(path)).toEqual(before)
    })

    it('holds in a required extension as a whole', async () => {
      const { path } = await made(server, testResource(fresh(), {}, { extRequired: 'x', extString: 'y' }))
      const before = await shown(path)
      for (const extension of [null, {}] as const) {
        expect(await server.post('/TestResources', testResource(fresh(), {}, extension))).toEqual(
          wrong('invalidValue', testExtension),
        )
        expect(await server.put(path, testResource(fresh(), {}, extension))).toEqual(
          wrong('invalidValue', testExtension),
        )
      }
      expect(await server.patch(path, remove(testExtension))).toEqual(wrong('mutability', 'extRequired'))
      expect(await server.patch(path, { op: 'replace', value: { [testExtension]: null } })).toEqual(
        wrong('invalidValue', 'extRequired'),
      )
      expect(await shown(path)).toEqual(before)
    })

    it('holds of an attribute in an extension', async () => {
      const { path } = await made(server, testResource(fresh()))
      const before = await shown(path)
      const lacking = testResource(fresh(), {}, { extString: 'y' })
      expect(await server.post('/TestResources', lacking)).toEqual(wrong('invalidValue', 'extRequired'))
      expect(await server.put(path, lacking)).toEqual(wrong('invalidValue', 'extRequired'))
      expect(await server.patch(path, remove(`${testExtension}:extRequired`))).toEqual(
        wrong('mutability', 'extRequired'),
      )
      expect(await server.patch(path, replace(testExtension, { extRequired: null }))).toEqual(
        wrong('invalidValue', 'extRequired'),
      )
      expect(await shown(path)).toEqual(before)
    })
  })

  describe('uniqueness and caseExact', () => {
    it.each([
      ['identifier', 'Taken', 'tAKEN', 409],
      ['uniqueString', 'Taken', 'Taken', 409],
      ['uniqueString', 'Other', 'oTHER', 201],
      ['uniqueString', 'Blank', 'Blank ', 201],
      ['identifier', 'Müller', 'MÜLLER', 409],
      ['identifier', 'jose', 'josé', 201],
    ])('%s: "%s" is there, and "%s" is %i', async (name, first, second, status) => {
      const tag = fresh()
      const one = await made(server, testResource(`${tag} a`, { [name]: `${tag} ${first}` }))
      const body = testResource(`${tag} b`, { [name]: `${tag} ${second}` })
      const posted = await server.post('/TestResources', body)
      expect(posted.status, posted.text).toBe(status)
      const other = await made(server, testResource(`${tag} c`))
      const put = { ...testResource(`${tag} c`), [name]: `${tag} ${second}` }
      if (posted.status === 409) {
        expect(posted.body).toMatchObject({
          status: '409',
          scimType: 'uniqueness',
          detail: expect.stringContaining(name) as string,
        })
        for (const answer of [
          await server.put(other.path, put),
          await server.patch(other.path, replace(name, `${tag} ${second}`)),
        ])
          expect(answer).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
        // another casing of one's own value is no conflict
        expect(await server.patch(one.path, replace(name, `${tag} ${second}`))).toMatchObject({ status: 200 })
        expect(await shown(one.path)).toMatchObject({ [name]: `${tag} ${second}` })
      } else {
        await server.delete(`/TestResources/${String(posted.body['id'])}`)
        expect(await server.put(other.path, put)).toMatchObject({ status: 200, body: { [name]: `${tag} ${second}` } })
      }
    })

    it('lets exactly one of many take a value at once', async () => {
      const value = fresh()
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          server.post('/TestResources', testResource(fresh(), { uniqueString: value, externalId: String(i) })),
        ),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)])
    })

    it('compares by case where case matters only', async () => {
      const word = `Word-${fresh()}`
      await made(server, testResource(fresh(), { caseExactString: word, caseInsensitiveString: word }))
      const other = word.toUpperCase()
      expect(await found(`caseExactString eq "${word}"`)).toBe(1)
      expect(await found(`caseExactString eq "${other}"`)).toBe(0)
      expect(await found(`caseExactString sw "${other.slice(0, 8)}" and caseExactString ew "${word.slice(-3)}"`)).toBe(
        0,
      )
      expect(await found(`caseInsensitiveString eq "${other}"`)).toBe(1)
      expect(await found(`caseInsensitiveString co "${other.slice(1)}"`)).toBe(1)
      expect(await found(`CASEINSENSITIVESTRING EQ "${other}"`)).toBe(1)
    })
  })

  describe('mutability', () => {
    it('readOnly: ignored in POST, PUT and a value without path, 400 in a path', async () => {
      const { path, answer } = await made(
        server,
        testResource(fresh(), { readOnlyAttr: 'mine', id: 'mine', meta: { created: '1999-01-01T00:00:00Z' } }),
      )
      const given = answer.body['readOnlyAttr']
      expect(given).toMatch(/^[0-9a-f-]{36}$/)
      const before = await shown(path)
      expect(before).toMatchObject({ readOnlyAttr: given })
      expect(before['id']).not.toBe('mine')
      const put = await server.put(
        path,
        testResource(String(before['identifier']), { readOnlyAttr: 'mine', caseExactString: 'new', id: 'mine' }),
      )
      expect(put).toMatchObject({
        status: 200,
        body: { readOnlyAttr: given, caseExactString: 'new', id: before['id'] },
      })
      const without = await server.patch(path, {
        op: 'add',
        value: { readOnlyAttr: 'mine', id: 'mine', caseExactString: 'newer' },
      })
      expect(without).toMatchObject({ status: 200, body: { readOnlyAttr: given, caseExactString: 'newer' } })
      const settled = await shown(path)
      for (const op of [
        replace('readOnlyAttr', 'mine'),
        { op: 'add', path: 'readOnlyAttr', value: 'mine' },
        remove('readOnlyAttr'),
      ])
        expect(await server.patch(path, op)).toEqual(wrong('mutability', 'readOnlyAttr'))
      expect(await server.patch(path, replace('id', 'mine'))).toEqual(wrong('mutability', 'id'))
      expect(await server.patch(path, replace('meta.created', '1999-01-01T00:00:00Z'))).toEqual(
        wrong('mutability', 'meta'),
      )
      expect(await shown(path)).toEqual(settled)
    })

    it('immutable: set by POST; PUT takes the equal value, keeps it when it is left out, refuses another', async () => {
      const identifier = fresh()
      const { path } = await made(server, testResource(identifier, { immutableAttr: 'once' }))
      expect(
        await server.put(path, testResource(identifier, { immutableAttr: 'once', caseExactString: 'a' })),
      ).toMatchObject({ status: 200, body: { immutableAttr: 'once' } })
      expect(await server.put(path, testResource(identifier))).toMatchObject({
        status: 200,
        body: { immutableAttr: 'once' },
      })
      const before = await shown(path)
      expect(
        await server.put(path, testResource(identifier, { immutableAttr: 'twice', caseExactString: 'b' })),
      ).toEqual(wrong('mutability', 'immutableAttr'))
      expect(await server.patch(path, replace('immutableAttr', 'twice'))).toEqual(wrong('mutability', 'immutableAttr'))
      expect(await server.patch(path, { op: 'add', value: { immutableAttr: 'twice' } })).toEqual(
        wrong('mutability', 'immutableAttr'),
      )
      expect(await server.patch(path, remove('immutableAttr'))).toEqual(wrong('mutability', 'immutableAttr'))
      expect(await server.patch(path, replace('immutableAttr', 'once'))).toMatchObject({
        status: 200,
        body: { immutableAttr: 'once' },
      })
      expect(await shown(path)).toEqual(before)
    })

    it.each(['PATCH', 'PUT'])('immutable: what has no value gets one by %s, once', async (method) => {
      const identifier = fresh()
      const { path } = await made(server, testResource(identifier))
      const set = (value: string) =>
        method === 'PUT'
          ? server.put(path, testResource(identifier, { immutableAttr: value }))
          : server.patch(path, { op: 'add', path: 'immutableAttr', value })
      expect(await set('first')).toMatchObject({ status: 200, body: { immutableAttr: 'first' } })
      expect(await set('second')).toEqual(wrong('mutability', 'immutableAttr'))
      expect(await shown(path)).toMatchObject({ immutableAttr: 'first' })
    })

    it('writeOnly: never in an answer, an error or a log', async () => {
      const secret = `secret-${fresh()}`
      const identifier = fresh()
      const { path, answer } = await made(server, testResource(identifier, { writeOnlyAttr: secret }))
      const asked = '?attributes=writeOnlyAttr,identifier'
      const body = testResource(identifier, { writeOnlyAttr: secret })
      const answers = [
        answer,
        await server.get(path),
        await server.get(path + asked),
        await server.get(`/TestResources${asked}`),
        await server.send('PUT', path + asked, { body }),
        await server.patch(path, replace('writeOnlyAttr', `${secret}-2`)),
        await server.patch(path, { op: 'add', value: { writeOnlyAttr: `${secret}-3` } }),
        await server.post('/TestResources', { ...body, writeOnlyAttr: { value: secret } }),
        await server.post('/TestResources', body),
        await server.patch(path, replace(`writeOnlyAttr[value eq "${secret}"]`, 'x')),
        await server.patch(path, remove('writeOnlyAttr')),
      ]
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200, 200, 200, 400, 409, 400, 200])
      for (const one of answers) expect(one.text).not.toContain(secret)
      expect(JSON.stringify(server.seen)).not.toContain(secret)
    })

    it('writeOnly: cannot be found out by a filter or an order', async () => {
      await made(server, testResource(fresh(), { writeOnlyAttr: 'guess' }))
      for (const filter of ['writeOnlyAttr eq "guess"', 'writeOnlyAttr pr', 'not (writeOnlyAttr sw "g")'])
        expect(await server.get(`/TestResources${where(filter)}`)).toEqual(wrong('invalidFilter', 'writeOnlyAttr'))
      expect((await server.get('/TestResources?sortBy=writeOnlyAttr')).status).toBe(400)
    })
  })

  describe('returned', () => {
    it('request: shown where it was asked for or sent', async () => {
      const identifier = fresh()
      const { path, answer } = await made(server, testResource(identifier, { requestOnlyAttr: 'r' }))
      expect(answer.body).toMatchObject({ requestOnlyAttr: 'r' })
      expect(await shown(path)).not.toHaveProperty('requestOnlyAttr')
      expect(await shown(`${path}?attributes=requestOnlyAttr`)).toMatchObject({ requestOnlyAttr: 'r' })
      expect(await shown(`${path}?attributes=${testSchema}:REQUESTONLYATTR`)).toMatchObject({ requestOnlyAttr: 'r' })
      expect(await shown(`${path}?attributes=identifier`)).not.toHaveProperty('requestOnlyAttr')
      expect((await server.patch(path, replace('requestOnlyAttr', 's'))).body).toMatchObject({ requestOnlyAttr: 's' })
      expect((await server.patch(path, replace('caseExactString', 's'))).body).not.toHaveProperty('requestOnlyAttr')
      expect((await server.put(path, testResource(identifier, { requestOnlyAttr: 't' }))).body).toMatchObject({
        requestOnlyAttr: 't',
      })
      expect((await server.put(path, testResource(identifier))).body).not.toHaveProperty('requestOnlyAttr')
      const listed = await server.get(`/TestResources${where(`identifier eq "${identifier}"`)}`)
      expect(listed.body['Resources']).toEqual([await shown(path)])
    })

    it('always: shown whatever is asked for or excluded', async () => {
      const { path } = await made(server, testResource(fresh(), { alwaysReturnedAttr: 'a', caseExactString: 'c' }))
      const { id, schemas } = await shown(path)
      expect(await shown(`${path}?attributes=caseExactString`)).toEqual({
        id,
        schemas: [testSchema],
        caseExactString: 'c',
        alwaysReturnedAttr: 'a',
      })
      expect(await shown(`${path}?attributes=nothing`)).toMatchObject({ id, alwaysReturnedAttr: 'a' })
      expect(await shown(`${path}?excludedAttributes=alwaysReturnedAttr,id,schemas`)).toMatchObject({
        id,
        schemas,
        alwaysReturnedAttr: 'a',
      })
    })

    it('default: shown unless the projection leaves it out', async () => {
      const body = everything(fresh())
      const { path } = await made(server, body)
      const { writeOnlyAttr: _, requestOnlyAttr: __, ...visible } = body
      expect(await shown(path)).toMatchObject(visible)
      const part = await shown(`${path}?excludedAttributes=complexAttr.sub2,multiComplex,${testExtension}`)
      expect(part).toMatchObject({ complexAttr: { sub1: 'part', sub3: true }, schemas: [testSchema] })
      for (const gone of ['multiComplex', testExtension]) expect(part).not.toHaveProperty([gone])
      const only = await shown(`${path}?attributes=multiComplex.type,${testExtension}:extInteger`)
      expect(only).toMatchObject({
        multiComplex: [{ type: 'work' }, { type: 'home' }],
        [testExtension]: { extInteger: 0 },
      })
      expect(only).not.toHaveProperty('identifier')
    })
  })
}
