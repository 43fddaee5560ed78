import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { compareValues, evaluate, matchesElement } from '../../src/scim/filter-eval.ts'
import { parseFilter } from '../../src/scim/filter-parse.ts'
import { resolveFilter, resolveWhere } from '../../src/scim/filter-resolve.ts'
import { parseAttributePath } from '../../src/scim/path-parse.ts'
import { resolvePath } from '../../src/scim/path-resolve.ts'
import { attribute } from '../../src/scim/schema.ts'
import type { ResourceType } from '../../src/scim/schema.ts'
import { userType } from './types.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const type: ResourceType = {
  ...userType,
  schema: {
    ...userType.schema,
    attributes: [
      ...userType.schema.attributes,
      attribute('age', { type: 'integer' }),
      attribute('weight', { type: 'decimal' }),
      attribute('tags', { multiValued: true }),
    ],
  },
}

const resource: JsonObject = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  id: 'Ab1',
  externalId: 'Ext-1',
  userName: 'Zoë',
  name: { familyName: 'Jensen', givenName: '' },
  title: '',
  nickName: ' trimmed ',
  active: false,
  age: 40,
  weight: 70.5,
  tags: ['red', 'Blue'],
  emails: [
    { value: 'a@x.org', type: 'work', primary: true },
    { value: 'b@y.org', type: 'home' },
  ],
  phoneNumbers: [],
  ims: [{ value: '' }],
  photos: [{ value: 'https://X.example/p.png' }],
  x509Certificates: [{ value: 'TUk=' }],
  meta: { created: '2024-03-01T08:30:00.1234567Z', lastModified: '2024-03-01T10:30:00+02:00' },
  [enterprise]: { department: 'Tours', manager: { value: '26118915' } },
}

const holds = (text: string): boolean => evaluate(resolveFilter(parseFilter(text), type), resource)

describe('evaluate', () => {
  const table: readonly (readonly [text: string, holds: boolean])[] = [
    // case: RFC 7643 section 2.2
    ['userName eq "ZOË"', true],
    ['userName eq "zoe\\u0308"', true],
    ['userName eq "zoe"', false],
    ['id eq "ab1"', false],
    ['externalId sw "ext"', false],
    ['nickName eq "trimmed"', false],
    ['nickName co "TRIM"', true],
    ['photos.value sw "https://x."', false],
    ['photos.value sw "https://X."', true],
    ['x509Certificates eq "tuk="', false],
    ['x509Certificates eq "TUk="', true],
    ['schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"', true],
    ['schemas co "enterprise"', true],
    ['schemas[value ew ":Group"]', false],
    // presence: table 3
    ['active pr', true],
    ['title pr', false],
    ['name.givenName pr', false],
    ['name pr', true],
    ['phoneNumbers pr', false],
    ['ims pr', false],
    ['emails.display pr', false],
    ['profileUrl pr', false],
    [`${enterprise}:manager pr`, true],
    [`${enterprise}:manager.displayName pr`, false],
    // unassigned, empty, null
    ['title eq ""', true],
    ['title eq null', true],
    ['profileUrl eq null', true],
    ['profileUrl eq ""', false],
    ['profileUrl co ""', false],
    ['userName co ""', true],
    ['profileUrl ne "x"', true],
    ['active eq null', false],
    ['active eq false', true],
    ['active ne true', true],
    // lists: any value, and `ne` is not eq
    ['emails.type eq "HOME"', true],
    ['emails.type ne "home"', false],
    ['emails.primary ne true', false],
    ['phoneNumbers.type ne "work"', true],
    ['emails co "@y"', true],
    ['emails[type eq "work" and value co "@y"]', false],
    ['emails[type eq "home" and not (primary eq true)]', true],
    ['emails[not (type eq "work")]', true],
    ['not (emails[type eq "work"])', false],
    ['phoneNumbers[not (type eq "work")]', false],
    ['emails[type eq "work"].value eq "b@y.org"', false],
    ['emails[type eq "work"].value ne "b@y.org"', true],
    ['tags eq "RED" and tags eq "blue"', true],
    ['tags[value eq "red" and value eq "blue"]', false],
    // numbers
    ['age eq 40.0', true],
    ['age gt 39.5', true],
    ['age le 9', false],
    ['weight ge 70.50', true],
    ['weight lt 7e1', false],
    // points in time
    ['meta.created eq "2024-03-01T09:30:00.12345670+01:00"', true],
    ['meta.created eq "2024-03-01T08:30:00.123Z"', false],
    ['meta.created gt "2024-03-01T08:30:00.1234566Z"', true],
    ['meta.created lt "2024-03-01T08:30:00.12345670001Z"', true],
    ['meta.created ge "2024-03-01T08:30:01Z"', false],
    ['meta.lastModified eq "2024-03-01T08:30:00Z"', true],
    ['meta.lastModified le "2024-02-29T23:59:60-08:30"', true],
    ['meta.lastModified sw "2024-03"', true],
    // order of text is by code point of the folded form
    ['userName gt "zoz"', true],
    ['userName lt "ZOÉ"', false],
    ['userName ge "ZOË"', true],
    ['userName gt "ZOË"', false],
    // extensions
    ['department eq "tours"', true],
    ['manager eq "26118915"', true],
    ['manager[value eq "26118915"]', true],
    ['name[not (givenName eq "x")]', true],
  ]
  it.each(table)('%s: %s', (text, expected) => {
    expect(holds(text)).toBe(expected)
  })

  it('says no of what is there in a wrong type', () => {
    const wrong: JsonObject = { userName: 5, active: 'true', age: '40', emails: 'a@x.org', name: null, meta: [] }
    for (const text of ['userName eq "5"', 'active eq true', 'age eq 40', 'emails.value pr', 'name pr', 'meta pr']) {
      expect([text, evaluate(resolveFilter(parseFilter(text), type), wrong)]).toEqual([text, false])
    }
  })

  it('reads own members only', () => {
    const hostile: ResourceType = {
      ...type,
      schema: { ...type.schema, attributes: [attribute('constructor'), attribute('toString')] },
    }
    for (const text of ['constructor pr', 'toString pr']) {
      expect(evaluate(resolveFilter(parseFilter(text), hostile), {})).toBe(false)
    }
  })

  it('knows the two constants', () => {
    expect(evaluate({ kind: 'true' }, {})).toBe(true)
    expect(evaluate({ kind: 'false' }, {})).toBe(false)
    expect(evaluate({ kind: 'and', of: [] }, {})).toBe(true)
    expect(evaluate({ kind: 'or', of: [] }, {})).toBe(false)
  })
})

describe('matchesElement', () => {
  const where = (parent: string, text: string) =>
    resolveWhere(parseFilter(text), resolvePath(parseAttributePath(parent), type, 'invalidPath'))

  it('tests one element of a complex list', () => {
    const element = { value: 'a@x.org', type: 'Work' }
    expect(matchesElement(where('emails', 'type eq "work" and value ew "X.org"'), element)).toBe(true)
    expect(matchesElement(where('emails', 'primary eq true'), element)).toBe(false)
    expect(matchesElement(where('emails', 'not (primary eq true)'), element)).toBe(true)
  })

  it('tests one element of a simple list', () => {
    expect(matchesElement(where('tags', 'value sw "r"'), 'Red')).toBe(true)
    expect(matchesElement(where('tags', 'value sw "r"'), 'blue')).toBe(false)
  })
})

describe('compareValues', () => {
  const text = attribute('text')
  const exact = attribute('exact', { caseExact: true })
  const time = attribute('time', { type: 'dateTime' })
  const table = [
    [text, 'b', 'A', 1],
    [text, 'É', 'e\u0301', 0],
    [text, '\u{1f600}', '\uff5e', 1],
    [exact, 'b', 'A', 1],
    [exact, 'B', 'a', -1],
    [time, '2024-01-01T01:00:00+01:00', '2024-01-01T00:00:00Z', 0],
    [time, '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.45Z', 1],
    [attribute('n', { type: 'decimal' }), 10, 9, 1],
    [attribute('b', { type: 'boolean' }), false, true, -1],
    [text, null, 'a', 1],
    [text, 'a', undefined, -1],
    [text, null, undefined, 0],
    [text, 'a', 1, 0],
  ] as const
  it.each(table)('%o: %j and %j', (of, a, b, sign) => {
    expect(Math.sign(compareValues(of, a, b))).toBe(sign)
  })
})
