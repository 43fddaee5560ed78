import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { Answer } from '../wire/client.ts'
import { enterpriseSchema, groupSchema, person, team, userSchema, where } from '../wire/people.ts'
import type { Served } from '../wire/playground.ts'
import { fresh, testExtension, testResource, testSchema } from './test-resource.ts'

interface Kind {
  readonly path: string
  readonly type: string
  readonly base: string
  readonly schemas: readonly string[]
  /** The attribute that names a resource. */
  readonly named: string
  body(name: string): JsonObject
}

const kinds: readonly Kind[] = [
  {
    path: '/Users',
    type: 'User',
    base: userSchema,
    schemas: [userSchema],
    named: 'userName',
    body: (name) => ({ schemas: [userSchema], userName: name }),
  },
  {
    path: '/Groups',
    type: 'Group',
    base: groupSchema,
    schemas: [groupSchema],
    named: 'displayName',
    body: (name) => team(name),
  },
  {
    path: '/TestResources',
    type: 'TestResource',
    base: testSchema,
    schemas: [testSchema, testExtension],
    named: 'identifier',
    body: (name) => testResource(name),
  },
]

const refused = (status: number, scimType?: string) => ({
  status,
  body: { status: String(status), ...(scimType && { scimType }) },
})
const metaOf = (body: JsonObject): JsonObject => body['meta'] as JsonObject
const listOf = (value: unknown): readonly JsonObject[] => value as readonly JsonObject[]

/** What RFC 7643 sections 2 and 3 and RFC 7644 section 3.5 ask of every resource. `open`: empty, strict. */
export function holdResources(open: () => Promise<Served>): void {
  let server: Served
  beforeAll(async () => {
    server = await open()
  })
  afterAll(async () => server?.stop())

  const make = async (
    path: string,
    body: JsonObject,
  ): Promise<{ readonly id: string; readonly at: string; readonly answer: Answer }> => {
    const answer = await server.post(path, body)
    expect(answer.status, answer.text).toBe(201)
    const id = String(answer.body['id'])
    return { id, at: `${path}/${id}`, answer }
  }
  const shown = async (at: string): Promise<JsonObject> => (await server.get(at)).body

  describe.each(kinds.map((kind) => [kind.path, kind] as const))(
    'resources of %s',
    (path, { type, base, schemas, named, body }) => {
      it('have id and schemas in every answer', async () => {
        const name = fresh()
        const { id, at, answer } = await make(path, body(name))
        const rename = { op: 'replace', path: named, value: `${name} too` }
        const search = {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
          filter: `id eq "${id}"`,
          attributes: [named],
        }
        const answers = [
          answer.body,
          await shown(at),
          await shown(`${at}?attributes=${named}`),
          await shown(`${at}?excludedAttributes=id,schemas,${named}`),
          (await server.send('PUT', `${at}?attributes=${named}`, { body: body(name) })).body,
          (
            await server.send('PATCH', `${at}?attributes=${named}`, {
              body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [rename] },
            })
          ).body,
          ...listOf((await shown(`${path}${where(`${named} eq "${name} too"`, `&attributes=${named}`)}`))['Resources']),
          ...listOf((await server.post(`${path}/.search`, search)).body['Resources']),
        ]
        expect(answers).toHaveLength(8)
        for (const one of answers) {
          expect(one['id']).toBe(id)
          const urns = one['schemas'] as readonly string[]
          expect(new Set(urns).size).toBe(urns.length)
          expect(urns[0]).toBe(base)
        }
        expect(answer.body['schemas']).toEqual(schemas)
      })

      it('have an id that the service gives, and that is found as it is written', async () => {
        const { id, at } = await make(path, { ...body(fresh()), id: 'mine' })
        expect(id).not.toBe('mine')
        expect(id).not.toContain('bulkId')
        if (id.toUpperCase() !== id) expect(await server.get(`${path}/${id.toUpperCase()}`)).toMatchObject(refused(404))
        expect((await server.get(`${path}${where(`id eq "${id}"`)}`)).body['totalResults']).toBe(1)
        expect((await server.get(`${path}${where(`id eq "${id.toUpperCase()}"`)}`)).body['totalResults']).toBe(
          id.toUpperCase() === id ? 1 : 0,
        )
        await server.delete(at)
      })

      it('have meta of the service, which grows with each change and only then', async () => {
        const name = fresh()
        const forged = {
          resourceType: 'Forged',
          created: '1999-01-01T00:00:00Z',
          lastModified: '1999-01-01T00:00:00Z',
          location: 'http://forged.example/',
          version: 'W/"forged"',
        }
        const { at, answer } = await make(path, { ...body(name), meta: forged })
        const meta = metaOf(answer.body)
        expect(meta).toMatchObject({ resourceType: type, location: `${server.url}${at}` })
        expect(answer.headers).toMatchObject({ location: meta['location'], etag: meta['version'] })
        expect(meta['lastModified']).toBe(meta['created'])
        const got = await server.get(at)
        expect(got.body).toEqual(answer.body)
        expect(got.headers.etag).toBe(metaOf(got.body)['version'])
        const repeated = await server.put(at, { ...body(name), meta: forged })
        expect(metaOf(repeated.body)).toEqual(meta)
        const changed = await server.put(at, { ...body(name), externalId: 'x', meta: forged })
        expect(changed).toMatchObject({
          status: 200,
          body: { externalId: 'x', meta: { created: meta['created'], resourceType: type } },
        })
        const moment = (of: JsonObject): number => Date.parse(String(of['lastModified']))
        expect(moment(metaOf(changed.body))).toBeGreaterThan(moment(meta))
        expect(metaOf(changed.body)['version']).not.toBe(meta['version'])
        expect(changed.headers).toMatchObject({ location: meta['location'], etag: metaOf(changed.body)['version'] })
      })

      it('have the externalId of the client and no other, as it is written, and as often as it likes', async () => {
        const { answer } = await make(path, body(fresh()))
        expect(answer.body).not.toHaveProperty('externalId')
        const externalId = `Ext-${fresh()}`
        for (let i = 0; i < 2; i++) await make(path, { ...body(fresh()), externalId })
        const found = async (text: string) =>
          (await server.get(`${path}${where(`externalId eq "${text}"`)}`)).body['totalResults']
        expect([await found(externalId), await found(externalId.toUpperCase())]).toEqual([2, 0])
      })

      it('are replaced by PUT: 200 with all of it, 404 for nobody, 409 for the name of another', async () => {
        const [one, two] = [fresh(), fresh()]
        const { at } = await make(path, { ...body(one), externalId: 'x' })
        await make(path, body(two))
        const put = await server.put(at, { ...body(one), id: 'another' })
        expect(put).toMatchObject({ status: 200, body: { [named]: one, id: at.split('/').at(-1) } })
        expect(put.body).toEqual(await shown(at))
        expect(await server.put(at, body(two.toUpperCase()))).toMatchObject(refused(409, 'uniqueness'))
        expect(await server.put(at, { ...body(one), [named]: null })).toMatchObject(refused(400, 'invalidValue'))
        for (const nobody of [
          'none',
          '00000000-0000-4000-8000-000000000000',
          '%00',
          '%2F..%2F',
          `${'x'.repeat(500)}`,
        ]) {
          expect(await server.put(`${path}/${nobody}`, body(fresh()))).toMatchObject(refused(404))
          expect(await server.patch(`${path}/${nobody}`, { op: 'replace', path: named, value: 'x' })).toMatchObject(
            refused(404),
          )
        }
      })
    },
  )

  describe('a reference', () => {
    it('leads to what it names, wherever it is shown', async () => {
      const boss = await make('/Users', person(fresh()))
      const ann = await make('/Users', {
        ...person(fresh()),
        schemas: [userSchema, enterpriseSchema],
        [enterpriseSchema]: { manager: { value: boss.id } },
      })
      const inner = await make('/Groups', team(fresh(), [ann.id]))
      const outer = await make('/Groups', team(fresh(), [inner.id, boss.id]))
      const refs = [ann, boss, inner, outer].map(async ({ at }) =>
        [...JSON.stringify(await shown(at)).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref),
      )
      const all = (await Promise.all(refs)).flat()
      // ann: two groups and a manager; boss: one group; inner: one member; outer: two
      expect(all).toHaveLength(7)
      for (const ref of all)
        expect(await server.get(ref.slice(server.url.length))).toMatchObject({
          status: 200,
          body: { meta: { location: ref } },
        })
    })

    it('is what its value says, however $ref is written', async () => {
      const { id } = await make('/Users', person(fresh()))
      for (const $ref of [
        `Users/${id}`,
        `../Users/${id}`,
        `${server.url}/Users/${id}`,
        `${server.url.replace('/v2', '')}/Users/${id}`,
      ]) {
        const user = {
          ...person(fresh()),
          schemas: [userSchema, enterpriseSchema],
          [enterpriseSchema]: { manager: { value: id, $ref } },
        }
        const made = await make('/Users', user)
        expect(made.answer.body[enterpriseSchema]).toMatchObject({
          manager: { value: id, $ref: `${server.url}/Users/${id}` },
        })
      }
      const bare = `${server.url.replace('/v2', '')}/Users/${id}`
      const group = await make('/Groups', {
        ...team(fresh()),
        members: [
          { value: id, $ref: bare },
          { value: id, $ref: `${server.url}/Users/${id}` },
        ],
      })
      expect(listOf((await shown(group.at))['members']).map((one) => one['value'])).toEqual([id])
      const alone = await make('/Users', {
        ...person(fresh()),
        [enterpriseSchema]: { manager: { $ref: `Users/${id}` } },
      })
      expect(alone.answer.body[enterpriseSchema]).toMatchObject({ manager: { value: id } })
    })

    it('to nobody is refused, and nothing is made', async () => {
      const name = fresh()
      expect(await server.post('/Groups', team(name, ['nobody']))).toMatchObject(refused(400, 'invalidValue'))
      expect((await server.get(`/Groups${where(`displayName eq "${name}"`)}`)).body['totalResults']).toBe(0)
    })
  })

  describe('values', () => {
    it('are the same in whatever order their members come', async () => {
      const name = fresh()
      const body = {
        ...person(name),
        schemas: [userSchema, enterpriseSchema],
        emails: [
          { value: 'a@example.com', type: 'work', primary: true, display: 'A' },
          { value: 'b@example.com', type: 'home' },
        ],
        [enterpriseSchema]: { department: 'd', costCenter: 'c' },
      }
      const { at, answer } = await make('/Users', body)
      const turned = (value: unknown): unknown =>
        Array.isArray(value)
          ? value.map(turned)
          : typeof value === 'object' && value !== null
            ? Object.fromEntries(
                Object.entries(value)
                  .reverse()
                  .map(([k, v]) => [k, turned(v)]),
              )
            : value
      const put = await server.put(at, turned(body))
      expect(put).toMatchObject({ status: 200, body: answer.body })
    })

    it('of a pair of value and type are there once', async () => {
      const emails = [
        { value: 'a@example.com', type: 'work' },
        { type: 'work', value: 'a@example.com' },
        { value: 'a@example.com', type: 'home' },
      ]
      const { at } = await make('/Users', { ...person(fresh()), emails })
      expect((await shown(at))['emails']).toHaveLength(2)
    })

    it('of an extension bring its URN, and take it with them', async () => {
      const { at } = await make('/Users', person(fresh()))
      expect((await shown(at))['schemas']).toEqual([userSchema])
      const path = `${enterpriseSchema}:department`
      const added = await server.patch(at, { op: 'add', path, value: 'd' })
      expect(added.body).toMatchObject({
        schemas: [userSchema, enterpriseSchema],
        [enterpriseSchema]: { department: 'd' },
      })
      const removed = await server.patch(at, { op: 'remove', path })
      expect(removed.body['schemas']).toEqual([userSchema])
      expect(removed.body).not.toHaveProperty([enterpriseSchema])
    })
  })

  describe('PUT', () => {
    it('replaces what it names and clears what it leaves out, null or empty', async () => {
      const name = fresh()
      const full = {
        ...person(name),
        title: 't',
        nickName: 'n',
        userType: 'u',
        emails: [{ value: 'a@example.com' }],
        phoneNumbers: [{ value: '+1' }],
      }
      const { at } = await make('/Users', full)
      const put = await server.put(at, {
        ...person(name),
        title: 'other',
        nickName: null,
        emails: [],
        phoneNumbers: [{ value: '+2' }],
      })
      expect(put).toMatchObject({ status: 200, body: { title: 'other', phoneNumbers: [{ value: '+2' }] } })
      for (const gone of ['nickName', 'userType', 'emails']) expect(put.body).not.toHaveProperty(gone)
      const part = await server.send('PUT', `${at}?attributes=title`, { body: { ...person(name), title: 'third' } })
      expect(part.body).toEqual({ schemas: [userSchema], id: put.body['id'], title: 'third' })
    })
  })

  describe('PATCH', () => {
    it.each<readonly [string, object, string]>([
      ['a move', { op: 'move', path: 'title', value: 'x' }, 'invalidSyntax'],
      ['an operation in capitals', { op: 'REPLACE', path: 'title', value: 'x' }, 'invalidSyntax'],
      ['no operation', { path: 'title', value: 'x' }, 'invalidSyntax'],
      ['a path that is none', { op: 'replace', path: 'title..x', value: 'x' }, 'invalidPath'],
      ['an index', { op: 'replace', path: 'emails[0].value', value: 'x' }, 'invalidFilter'],
      ['a JSON pointer', { op: 'replace', path: '/title', value: 'x' }, 'invalidPath'],
      ['an unknown attribute', { op: 'replace', path: 'unknown', value: 'x' }, 'invalidPath'],
      [
        'a value filter that is none',
        { op: 'replace', path: 'emails[type xx "work"].value', value: 'x' },
        'invalidFilter',
      ],
      ['a removal of nothing', { op: 'remove' }, 'noTarget'],
      ['an element that is not there', { op: 'replace', path: 'emails[type eq "none"].value', value: 'x' }, 'noTarget'],
      ['an addition of nothing', { op: 'add', path: 'title' }, 'invalidValue'],
      ['a value of the wrong type', { op: 'replace', path: 'title', value: 7 }, 'invalidValue'],
      ['the id', { op: 'replace', path: 'id', value: 'x' }, 'mutability'],
      ['the groups', { op: 'add', path: 'groups', value: [{ value: 'x' }] }, 'mutability'],
      ['a removal of what is required', { op: 'remove', path: 'userName' }, 'mutability'],
    ])('refuses %s by its word of RFC 7644 table 9, and does nothing of the rest', async (_, operation, scimType) => {
      const { at } = await make('/Users', { ...person(fresh()), emails: [{ value: 'a@example.com', type: 'work' }] })
      const before = await shown(at)
      const good = { op: 'replace', path: 'nickName', value: 'new' }
      const answer = await server.patch(at, good, operation, good)
      // an index is no filter, or no path: both words fit
      const words = scimType === 'invalidFilter' ? ['invalidFilter', 'invalidPath'] : [scimType]
      expect(answer.status, answer.text).toBe(400)
      expect(words).toContain(answer.body['scimType'])
      expect(await shown(at)).toEqual(before)
    })

    it('is 409 for the name of another', async () => {
      const [one, two] = [fresh(), fresh()]
      await make('/Users', person(one))
      const { at } = await make('/Users', person(two))
      expect(await server.patch(at, { op: 'replace', path: 'userName', value: one.toUpperCase() })).toMatchObject(
        refused(409, 'uniqueness'),
      )
    })

    it.each<readonly [string, unknown]>([
      ['no schemas', { Operations: [{ op: 'add', path: 'title', value: 'x' }] }],
      ['other schemas', { schemas: [userSchema], Operations: [{ op: 'add', path: 'title', value: 'x' }] }],
      ['no operations', { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] }],
      ['an empty list', { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [] }],
      [
        'an object',
        {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: { op: 'add', path: 'title', value: 'x' },
        },
      ],
    ])('refuses a body with %s', async (_, body) => {
      const { at } = await make('/Users', person(fresh()))
      expect(await server.send('PATCH', at, { body })).toMatchObject(refused(400, 'invalidSyntax'))
    })

    it('answers with what is held, or with 204; with the attributes that are asked for, always', async () => {
      const { at, id } = await make('/Users', person(fresh()))
      const patched = await server.patch(at, { op: 'add', path: 'title', value: 'x' })
      expect(patched).toMatchObject({ status: 200, body: await shown(at) })
      const group = await make('/Groups', team(fresh()))
      expect((await server.patch(group.at, { op: 'add', path: 'members', value: [{ value: id }] })).status).toBe(204)
      const asked = await server.send('PATCH', `${group.at}?attributes=displayName`, {
        body: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'replace', path: 'displayName', value: `${id} team` }],
        },
      })
      expect(asked).toMatchObject({ status: 200, body: { id: group.id, displayName: `${id} team` } })
      expect(asked.body).not.toHaveProperty('members')
    })
  })
}
