import { afterEach, describe, expect, it } from 'vitest'
import { bindMemory } from '../../src/backends/memory/store.ts'
import { openSideStore } from '../../src/backends/side/store.ts'
import { scimId } from '../../src/base/brand.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { compileMapping } from '../../src/mapping/compile.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Reply } from '../../src/service/bridge.ts'
import { handle } from '../../src/service/handle.ts'
import { testApplication, testContext } from '../application.ts'
import { record } from '../sqlite-log.ts'
import { create, get, patch, stand } from './stand.ts'
import type { Stand } from './stand.ts'

const mapping = (profile: string, onWrite = ''): string => `
version: 1
profile: ${profile}
backend: { kind: memory }
resources:
  User:
    attributes:
      userName: { slot: login, access: immutable${onWrite} }
      title: title
      nickName: { slot: nick, access: readOnly, onWrite: discard }
      locale: { slot: locale, access: immutable, onWrite: discard }
      timezone: { slot: tz, access: createOnly, onWrite: discard }
      userType: { constant: Employee, onWrite: discard }
      displayName: { template: "{userName}!", onWrite: discard }
      name.givenName: { slot: given, access: immutable, onWrite: discard }
      name.familyName: family
      emails[type eq "work"].value: { slot: mail, access: immutable, onWrite: discard }
      emails[type eq "home"].value: home
      enterprise.department: { slot: dept, access: createOnly, onWrite: discard }
      enterprise.division: { slot: division, access: immutable }
`

type Ask = (request: ScimRequest) => Promise<Reply>

const side = openSideStore(':memory:', 'test')

function start(text: string): Ask {
  const catalog = compileMapping(text, { file: 'test.yaml', env: {}, readFile: () => '' })
  const app = testApplication({
    catalog,
    store: bindMemory(catalog),
    side,
  })
  return (request) => handle(app, request, testContext())
}

const extension = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const person = (more: JsonObject = {}): JsonObject => ({ userName: 'ada', title: 'A', ...more })
const made = async (ask: Ask, more?: JsonObject): Promise<string> =>
  String((await ask(create('User', person(more)))).body?.['id'])
const put = (id: string, body: JsonObject): ScimRequest => ({
  kind: 'replace',
  type: 'User',
  id: scimId(id),
  show: {},
  body: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], ...body },
})

describe('a login that cannot be renamed', () => {
  const rename = (id: string): ScimRequest =>
    patch('User', id, { op: 'replace', path: 'userName', value: 'bea' }, { op: 'replace', path: 'title', value: 'B' })
  const replaced = (id: string): ScimRequest => put(id, { userName: 'bea', title: 'B' })

  it.each([
    ['PATCH', rename],
    ['PUT', replaced],
  ])('keeps its name under a tolerant profile, and the rest of a %s is done', async (_, request) => {
    const ask = start(mapping('tolerant'))
    const answer = await ask(request(await made(ask)))
    expect(answer.body).toMatchObject({ userName: 'ada', title: 'B' })
  })

  it.each([
    ['PATCH', 'strict', '', rename],
    ['PUT', 'strict', '', replaced],
    ['PATCH', 'tolerant', ', onWrite: refuse', rename],
    ['PUT', 'tolerant', ', onWrite: refuse', replaced],
  ])('refuses the whole %s: %s%s', async (_, profile, onWrite, request) => {
    const ask = start(mapping(profile, onWrite))
    const id = await made(ask)
    await expect(ask(request(id))).rejects.toMatchObject({ reason: 'mutability' })
    const held = await ask(get('User', id))
    expect(held.body).toMatchObject({ userName: 'ada', title: 'A' })
  })
})

describe('what is discarded', () => {
  const full: JsonObject = {
    nickName: 'never',
    locale: 'de-DE',
    timezone: 'Europe/Berlin',
    userType: 'Contractor',
    displayName: 'never',
    name: { givenName: 'Ada', familyName: 'Berg' },
    emails: [
      { type: 'work', value: 'ada@work.example' },
      { type: 'home', value: 'ada@home.example' },
    ],
    [extension]: { department: 'R&D', division: 'North' },
  }

  it('is written by the create where it has a place', async () => {
    const ask = start(mapping('strict'))
    const { body } = await ask(get('User', await made(ask, full)))
    const { nickName, ...written } = full
    expect(body).toMatchObject({ ...person(), ...written, userType: 'Employee', displayName: 'ada!' })
    expect(Object.values(body ?? {})).not.toContain(nickName)
  })

  it.each<readonly [string, JsonObject]>([
    ['readOnly', { path: 'nickName', value: 'x' }],
    ['immutable', { path: 'locale', value: 'sv-SE' }],
    ['createOnly', { path: 'timezone', value: 'Asia/Tokyo' }],
    ['a constant', { path: 'userType', value: 'Contractor' }],
    ['a template', { path: 'displayName', value: 'x' }],
    ['a value of the wrong type', { path: 'locale', value: { a: 1 } }],
    ['no value', { path: 'locale', value: null }],
    ['a part', { path: 'name.givenName', value: 'x' }],
    ['a part within its parent', { path: 'name', value: { givenName: 'x' } }],
    ['a part without a path', { value: { name: { givenName: 'x' } } }],
    ['a part to nothing', { path: 'name', value: { givenName: null } }],
    ['one element', { path: 'emails[type eq "work"].value', value: 'x@y.example' }],
    ['an extension', { path: `${extension}:department`, value: 'x' }],
    ['a key of an extension', { value: { [extension]: { department: 'x' } } }],
    ['a key', { value: { locale: 'sv-SE', displayName: 'x', userType: 'x' } }],
  ])('changes nothing by PATCH: %s', async (_, operation) => {
    const ask = start(mapping('tolerant'))
    const id = await made(ask, full)
    const before = await ask(get('User', id))
    for (const op of ['add', 'replace']) await ask(patch('User', id, { op, ...operation }))
    if (operation['path'] !== 'name' && operation['path'] !== undefined)
      await ask(patch('User', id, { op: 'remove', path: operation['path'] }))
    expect((await ask(get('User', id))).body).toEqual(before.body)
  })

  it('is not added later, and the rest of the operation is done', async () => {
    const ask = start(mapping('strict'))
    const id = await made(ask)
    const name = { givenName: 'Bea', familyName: 'Berg' }
    const later = { locale: 'de-DE', timezone: 'Asia/Tokyo', nickName: 'x', name, [extension]: { department: 'x' } }
    const patched = await ask(patch('User', id, { op: 'add', value: later }))
    const replaced = await ask(put(id, person(later)))
    for (const { body } of [patched, replaced]) {
      expect(body?.['name']).toEqual({ familyName: 'Berg' })
      for (const absent of ['locale', 'timezone', 'nickName', extension]) expect(body).not.toHaveProperty([absent])
    }
  })

  it.each<readonly [string, JsonObject]>([
    ['left out', { name: { familyName: 'Dahl' } }],
    ['changed', { ...full, locale: 'x', timezone: 'x', userType: 'x', name: { givenName: 'x', familyName: 'Dahl' } }],
  ])('stays as it is by PUT: %s', async (_, body) => {
    const ask = start(mapping('strict'))
    const id = await made(ask, full)
    const sent = { ...person(), ...body, [extension]: { department: 'x', division: 'North' } }
    expect((await ask(put(id, sent))).body).toMatchObject({
      locale: 'de-DE',
      timezone: 'Europe/Berlin',
      userType: 'Employee',
      name: { givenName: 'Ada', familyName: 'Dahl' },
      [extension]: { department: 'R&D', division: 'North' },
    })
  })

  it('survives the end of what it is a part of', async () => {
    const ask = start(mapping('strict'))
    const id = await made(ask, full)
    const { body } = await ask(patch('User', id, { op: 'remove', path: 'name' }, { op: 'remove', path: 'emails' }))
    expect(body).toMatchObject({ name: { givenName: 'Ada' }, emails: [{ type: 'work', value: 'ada@work.example' }] })
  })

  it('leaves a refusal to what is not discarded', async () => {
    const ask = start(mapping('tolerant'))
    const id = await made(ask, full)
    const moved = patch('User', id, { op: 'replace', path: `${extension}:division`, value: 'South' })
    await expect(ask(moved)).rejects.toMatchObject({ reason: 'mutability' })
  })
})

describe('the display name of the demonstration', () => {
  let s: Stand
  afterEach(() => s.close())

  it.each(['add', 'replace', 'remove'])('is left as it is by %s, without a statement that writes', async (op) => {
    s = await stand()
    const before = await s.body(get('User', '1015'))
    const recorder = record(() => true)
    const answer = await s.body(patch('User', '1015', { op, path: 'displayName', value: 'x' }))
    recorder.stop()
    expect(answer).toEqual(before)
    expect(await s.body(get('User', '1015'))).toEqual(before)
    expect(recorder.log.length).toBeGreaterThan(0)
    expect(recorder.log.filter((sql) => /^(INSERT|UPDATE|DELETE)/i.test(sql))).toEqual([])
  })
})
