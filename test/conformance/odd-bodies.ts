import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { where } from '../wire/people.ts'
import type { Served } from '../wire/playground.ts'
import { everything, fresh, made, testExtension, testResource, testSchema } from './test-resource.ts'

const texts = [
  ...['externalId', 'identifier', 'caseExactString', 'caseInsensitiveString', 'referenceAttr', 'immutableAttr'],
  ...['writeOnlyAttr', 'requestOnlyAttr', 'alwaysReturnedAttr', 'uniqueString', 'multiStrings', 'complexAttr.sub1'],
  ...['multiComplex.value', 'multiComplex.type', `${testExtension}:extString`, `${testExtension}:extRequired`],
]

/** A body with one text, wherever it belongs. */
function holding(name: string, text: string, identifier: string): JsonObject {
  if (name.startsWith(testExtension)) {
    const part = name.slice(testExtension.length + 1)
    return testResource(identifier, {}, { extRequired: 'x', [part]: text })
  }
  const [top = '', sub] = name.split('.')
  const value: Json = sub === undefined ? text : { [sub]: text, ...(sub === 'type' ? { value: 'x' } : {}) }
  return testResource(identifier, { [top]: top.startsWith('multi') ? [value] : value })
}

const pollutions: readonly (readonly [where: string, body: (identifier: string) => string])[] = [
  [
    'at the top',
    (id) => JSON.stringify(testResource(id)).replace('{', '{"__proto__":{"polluted":1,"identifier":"x"},'),
  ],
  ['constructor', (id) => JSON.stringify(testResource(id, { constructor: { prototype: { polluted: 1 } } }))],
  ['inherited names', (id) => JSON.stringify(testResource(id, { toString: 'x', hasOwnProperty: 1, valueOf: null }))],
  [
    'in a complex value',
    (id) =>
      JSON.stringify(testResource(id, { complexAttr: { sub1: 'x' } })).replace(
        '"sub1"',
        '"__proto__":{"polluted":1},"sub1"',
      ),
  ],
  [
    'in an element',
    (id) =>
      JSON.stringify(testResource(id, { multiComplex: [{ value: 'x' }] })).replace(
        '"value"',
        '"__proto__":{"polluted":1},"value"',
      ),
  ],
  [
    'in the extension',
    (id) => JSON.stringify(testResource(id)).replace('"extRequired"', '"__proto__":{"polluted":1},"extRequired"'),
  ],
]

/** Bodies at the limits of what a client may send, and past them. `open`: empty, strict. */
export function holdOddBodies(open: () => Promise<Served>): void {
  let server: Served
  beforeAll(async () => {
    server = await open()
  })
  afterAll(async () => server?.stop())

  const shown = async (path: string): Promise<JsonObject> => (await server.get(path)).body
  const post = (body: unknown) => server.send('POST', '/TestResources', { body })

  describe('bodies', () => {
    it('of everything come back, by POST, GET, list and search', async () => {
      const body = everything(fresh())
      const { writeOnlyAttr: _, ...sent } = body
      const { requestOnlyAttr: __, ...visible } = sent
      const { path, answer } = await made(server, body)
      expect(answer.body).toMatchObject(sent)
      expect(await shown(path)).toMatchObject(visible)
      const filter = `identifier eq "${String(body['identifier'])}"`
      const listed = await server.get(`/TestResources${where(filter)}`)
      const searched = await server.post('/TestResources/.search', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
        filter,
      })
      for (const one of [listed, searched]) expect(one.body['Resources']).toEqual([await shown(path)])
      expect((await server.delete(path)).status).toBe(204)
      expect((await server.get(path)).status).toBe(404)
    })

    it('of the least show that and nothing else', async () => {
      const identifier = fresh()
      const { path, answer } = await made(server, testResource(identifier))
      const { id, meta, readOnlyAttr, ...rest } = answer.body
      expect([typeof id, typeof readOnlyAttr]).toEqual(['string', 'string'])
      expect(rest).toEqual(testResource(identifier))
      expect(meta).toMatchObject({ resourceType: 'TestResource', location: `${server.url}${path}` })
      const { created, lastModified } = meta as JsonObject
      expect(lastModified).toBe(created)
      const changed = await server.patch(path, { op: 'add', path: 'multiStrings', value: ['x'] })
      expect(changed.body['meta']).toMatchObject({ created })
      expect((changed.body['meta'] as JsonObject)['lastModified']).not.toBe(created)
    })

    it('are read without regard to the case of names', async () => {
      const identifier = fresh()
      const body = {
        SCHEMAS: [testExtension.toUpperCase(), testSchema.toLowerCase()],
        Identifier: identifier,
        COMPLEXATTR: { SUB1: 'x' },
        multicomplex: [{ VALUE: 'v', Primary: true }],
        [testExtension.toUpperCase()]: { EXTREQUIRED: 'y' },
      }
      const { answer } = await made(server, body)
      expect(answer.body).toMatchObject({
        ...testResource(
          identifier,
          { complexAttr: { sub1: 'x' }, multiComplex: [{ value: 'v', primary: true }] },
          { extRequired: 'y' },
        ),
      })
    })

    it.each<readonly [string, JsonObject]>([
      ['an attribute', { Identifier: 'other' }],
      ['a part', { complexAttr: { sub1: 'x', SUB1: 'y' } }],
      ['the extension', { [testExtension.toUpperCase()]: { extRequired: 'z' } }],
      ['schemas', { Schemas: [testSchema] }],
    ])('do not name %s twice in different case', async (_, more) => {
      expect(await post(testResource(fresh(), more))).toMatchObject({
        status: 400,
        body: { scimType: 'invalidSyntax' },
      })
    })

    it.each<readonly [string, Json | undefined]>([
      ['nothing', undefined],
      ['null', null],
      ['no URN', []],
      ['text', testSchema],
      ['a number among them', [testSchema, 7]],
      ['the extension alone', [testExtension]],
      ['an unknown URN alone', ['urn:example:unknown']],
    ])('with %s as schemas are refused', async (_, schemas) => {
      const answer = await post({ ...testResource(fresh()), schemas })
      expect(answer, answer.text).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax' } })
    })

    it.each<readonly [string, readonly string[]]>([
      ['in another order', [testExtension, testSchema]],
      ['twice', [testSchema, testSchema, testExtension, testExtension]],
      ['without the extension', [testSchema]],
      ['with an unknown one', [testSchema, 'urn:example:unknown', testExtension]],
    ])('with schemas %s show those that the data have', async (_, schemas) => {
      const { path, answer } = await made(server, {
        ...testResource(fresh(), { 'urn:example:unknown': { a: 1 } }),
        schemas,
      })
      expect(answer.body['schemas']).toEqual([testSchema, testExtension])
      expect(await shown(path)).toEqual(answer.body)
      expect(answer.text).not.toContain('example:unknown')
    })

    it('keep nothing that no attribute is for', async () => {
      const body = testResource(
        fresh(),
        {
          foo: 1,
          extString: 'at the top',
          [`${testExtension}:extString`]: 'as a path',
          complexAttr: { sub1: 'x', foo: 'y' },
          multiComplex: [{ value: 'v', foo: 'y' }],
        },
        { extRequired: 'x', foo: 2, caseExactString: 'in the extension' },
      )
      const { path, answer } = await made(server, body)
      expect(await shown(path)).toEqual(answer.body)
      expect(answer.body).toMatchObject({
        complexAttr: { sub1: 'x' },
        multiComplex: [{ value: 'v' }],
        [testExtension]: { extRequired: 'x' },
      })
      expect(answer.text).not.toMatch(/foo|at the top|as a path|in the extension/)
    })

    it.each(pollutions)('cannot change what objects inherit: %s', async (_, body) => {
      const answer = await post(body(fresh()))
      expect(answer.status, answer.text).toBe(201)
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
      expect(answer.text).not.toMatch(/polluted|__proto__|hasOwnProperty/)
    })

    it.each([
      '__proto__',
      'constructor.prototype',
      '__proto__.polluted',
      'complexAttr.__proto__',
      'multiComplex.constructor',
      `${testExtension}:__proto__`,
      'toString',
    ])('cannot reach %s by a path', async (path) => {
      const { path: place } = await made(server, testResource(fresh()))
      const before = await shown(place)
      for (const op of ['add', 'replace', 'remove'])
        expect(await server.patch(place, { op, path, value: { polluted: 1 } })).toMatchObject({
          status: 400,
          body: { scimType: 'invalidPath' },
        })
      expect(await server.get(`/TestResources${where(`${path} pr`)}`)).toMatchObject({
        status: 400,
        body: { scimType: 'invalidFilter' },
      })
      expect((await server.get(`${place}?attributes=${path}`)).status).toBe(200)
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
      expect(await shown(place)).toEqual(before)
    })
  })

  describe('long texts', () => {
    it.each(texts)('%s comes back whole or is refused by name', async (name) => {
      const leaf = name.split(/[.:]/).at(-1) ?? name
      for (const text of [
        'x'.repeat(255),
        'x'.repeat(256),
        'é'.repeat(256),
        '😀'.repeat(256),
        'y'.repeat(70_000),
        '😀'.repeat(20_000),
      ]) {
        const identifier = fresh()
        const answer = await post(holding(name, text, identifier))
        if (answer.status === 201) {
          const path = `/TestResources/${String(answer.body['id'])}`
          const asked = await server.get(`${path}?attributes=${name}`)
          if (name !== 'writeOnlyAttr')
            expect(asked.text.includes(JSON.stringify(text)), `${name} ${text.length}`).toBe(true)
          expect((await server.put(path, holding(name, text, identifier))).status).toBe(200)
          expect((await server.delete(path)).status).toBe(204)
        } else {
          expect(answer, answer.text.slice(0, 300)).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
          expect(answer.body['detail']).toContain(leaf)
          expect(answer.text.length).toBeLessThan(500)
          // the same of a change, which then leaves all as it is
          const { path } = await made(server, testResource(fresh()))
          const before = await shown(path)
          const changed = await server.put(path, holding(name, text, String(before['identifier'])))
          expect(changed, changed.text.slice(0, 300)).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
          expect(await shown(path)).toEqual(before)
        }
      }
    })

    it('do not cut a filter short', async () => {
      const text = 'z'.repeat(300)
      const answer = await server.get(
        `/TestResources${where(`identifier eq "${text}" or caseExactString eq "${text}"`)}`,
      )
      expect(answer).toMatchObject({ status: 200, body: { totalResults: 0 } })
    })

    it('may be many', async () => {
      const many = Array.from({ length: 2_000 }, (_, i) => `value ${i}`)
      const { path, answer } = await made(server, testResource(fresh(), { multiStrings: many }))
      expect(answer.body['multiStrings']).toEqual(many)
      const fewer = await server.patch(path, { op: 'remove', path: 'multiStrings[value eq "value 7"]' })
      expect(fewer.body['multiStrings']).toEqual(many.filter((value) => value !== 'value 7'))
      expect((await server.put(path, { ...answer.body, multiStrings: many.slice(0, 2) })).body['multiStrings']).toEqual(
        many.slice(0, 2),
      )
    })
  })
}
