import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { namesIn, parseProjection, project, wantedAttributes } from '../../src/scim/projection.ts'
import { quirksOf } from '../../src/scim/quirks.ts'
import type { ProjectionRequest } from '../../src/scim/request.ts'
import { outcome } from './outcome.ts'
import { enterprise, thingType, userType } from './types.ts'

const strict = quirksOf('strict') ?? new Set()
const tolerant = quirksOf('tolerant') ?? new Set()

const held: JsonObject = {
  schemas: [userType.schema.id],
  id: '1',
  userName: 'al',
  password: 'never shown',
  name: { givenName: 'A', familyName: 'L' },
  emails: [{ value: 'a@example.com', type: 'work' }],
  meta: { resourceType: 'User' },
  [enterprise]: { department: 'D', manager: { value: 'm', displayName: 'M' } },
}
const always = { schemas: [userType.schema.id], id: '1' }
const { password: _, ...visible } = held
const { name: _name, ...nameless } = visible

describe('attributes and excludedAttributes', () => {
  it.each<[string, ProjectionRequest, JsonObject]>([
    ['nothing asked', {}, visible],
    ['empty lists', { attributes: [' ', ''], excludedAttributes: [] }, visible],
    ['one attribute', { attributes: ['userName'] }, { ...always, userName: 'al' }],
    ['in any case, with blanks', { attributes: [' USERNAME '] }, { ...always, userName: 'al' }],
    ['with the base URN', { attributes: [`${userType.schema.id}:userName`] }, { ...always, userName: 'al' }],
    ['a sub-attribute', { attributes: ['name.givenName'] }, { ...always, name: { givenName: 'A' } }],
    ['of each element', { attributes: ['emails.VALUE'] }, { ...always, emails: [{ value: 'a@example.com' }] }],
    [
      'of an extension',
      { attributes: [`${enterprise.toUpperCase()}:Department`] },
      { ...always, [enterprise]: { department: 'D' } },
    ],
    [
      'deep in an extension',
      { attributes: [`${enterprise}:manager.value`] },
      { ...always, [enterprise]: { manager: { value: 'm' } } },
    ],
    ['a whole extension', { attributes: [enterprise] }, { ...always, [enterprise]: held[enterprise] ?? {} }],
    ['unknown names only', { attributes: ['nope', '__proto__', 'constructor', 'a.b.c', 'name.nope'] }, always],
    ['never is never', { attributes: ['password'] }, always],
    ['meta when asked for', { attributes: ['meta'] }, { ...always, meta: { resourceType: 'User' } }],
    ['without', { excludedAttributes: ['emails', 'NAME', 'meta', enterprise] }, { ...always, userName: 'al' }],
    [
      'always stays',
      { excludedAttributes: ['id', 'schemas', 'emails', 'meta', 'name', enterprise] },
      { ...always, userName: 'al' },
    ],
    ['without a part', { excludedAttributes: ['name.familyName'] }, { ...visible, name: { givenName: 'A' } }],
    ['without all parts', { excludedAttributes: ['name.familyName', 'name.givenName'] }, nameless],
  ])('%s', (_title, request, expected) => {
    expect(project(held, parseProjection(request, userType, strict), userType)).toEqual(expected)
  })

  it('exclude each other, save for the clients that send both', () => {
    const both = { attributes: ['id', 'name', 'userName'], excludedAttributes: ['name'] }
    expect(outcome(() => parseProjection(both, userType, strict))).toBe('invalidValue')
    expect(project(held, parseProjection(both, userType, tolerant), userType)).toEqual({ ...always, userName: 'al' })
  })

  it('an empty list stays, for clients that iterate over members', () => {
    expect(project({ emails: [] }, { kind: 'default' }, userType)).toEqual({ emails: [] })
  })
})

describe('returned', () => {
  const thing: JsonObject = {
    label: 'L',
    notes: 'N',
    badge: 'B',
    secret: 'S',
    owner: { value: 'o', hint: 'h', pin: '0' },
  }
  it.each<[string, ProjectionRequest, readonly string[], JsonObject]>([
    ['request and never are not shown', {}, [], { label: 'L', badge: 'B', owner: { value: 'o' } }],
    ['request when asked for', { attributes: ['notes'] }, [], { notes: 'N', badge: 'B' }],
    ['a part when asked for', { attributes: ['owner.hint', 'owner.pin'] }, [], { badge: 'B', owner: { hint: 'h' } }],
    ['the parent alone does not ask for it', { attributes: ['owner'] }, [], { badge: 'B', owner: { value: 'o' } }],
    ['always is not excluded', { excludedAttributes: ['badge', 'label', 'owner'] }, [], { badge: 'B' }],
    [
      'request when the client sent it',
      {},
      ['notes', 'owner.hint'],
      { label: 'L', notes: 'N', badge: 'B', owner: { value: 'o', hint: 'h' } },
    ],
    ['sent, but others asked for', { attributes: ['label'] }, ['notes'], { label: 'L', badge: 'B' }],
  ])('%s', (_title, request, sent, expected) => {
    const projection = parseProjection(request, thingType, strict)
    expect(project(thing, projection, thingType, new Set(sent))).toEqual(expected)
    const wanted = wantedAttributes(projection, thingType, new Set(sent))
    expect(Object.keys(expected).filter((name) => !wanted.has(name))).toEqual([])
  })

  it('wants what it shows and no more', () => {
    const wanted = wantedAttributes(parseProjection({ excludedAttributes: ['emails'] }, userType, strict), userType)
    expect([wanted.has('emails'), wanted.has('password'), wanted.has(`${enterprise}:manager`)]).toEqual([
      false,
      false,
      true,
    ])
    expect([...wantedAttributes({ kind: 'only', names: new Set(['emails.value']) }, userType)].sort()).toEqual([
      'emails',
      'emails.value',
      'id',
      'schemas',
    ])
  })

  it('names what a body holds', () => {
    expect([
      ...namesIn({ label: 'L', owner: { hint: 'h' }, 'urn:example:Thing:Place': { room: 'R' } }, thingType),
    ]).toEqual(['label', 'owner', 'owner.hint', 'urn:example:Thing:Place:room'])
  })
})
