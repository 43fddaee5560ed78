import { describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { parseAttributePath } from '../../src/scim/path-parse.ts'
import { attribute } from '../../src/scim/schema.ts'
import type { Attribute } from '../../src/scim/schema.ts'
import { resolveSort, sortAmong, sortValue, valueOrder } from '../../src/service/sort.ts'
import { enterprise, groupType, thingType, userType } from '../scim/types.ts'

const by = (name: string) => resolveSort(parseAttributePath(name, 'invalidValue'), userType)
const outcome = (name: string): string => {
  try {
    return by(name).name
  } catch (error) {
    return isBridgeError(error) ? `${error.reason}: ${error.detail}` : String(error)
  }
}

describe('sortBy', () => {
  it.each([
    ['userName', 'userName'],
    ['USERNAME', 'userName'],
    [`${userType.schema.id.toUpperCase()}:UserName`, 'userName'],
    ['name.FamilyName', 'name.familyName'],
    ['emails', 'emails.value'],
    ['emails.type', 'emails.type'],
    [`${enterprise}:Department`, `${enterprise}:department`],
    ['department', `${enterprise}:department`],
    [`${enterprise}:manager.displayName`, `${enterprise}:manager.displayName`],
    ['meta.lastModified', 'meta.lastModified'],
    ['id', 'id'],
  ])('%s is %s', (name, expected) => {
    expect(outcome(name)).toBe(expected)
  })

  it.each([
    ['name', 'invalidValue: sortBy names the complex attribute name; name a sub-attribute, such as name.'],
    ['meta', 'invalidValue: sortBy names the complex attribute meta; name a sub-attribute, such as meta.'],
    [
      `${enterprise}:manager`,
      `invalidValue: sortBy names the complex attribute ${enterprise}:manager; name a sub-attribute`,
    ],
    ['password', 'cannotSort: password cannot be sorted by'],
    ['userNam', 'invalidValue: unknown attribute "userNam" of User; did you mean "userName"?'],
    ['emails.nope', 'invalidValue: unknown attribute "emails.nope" of User'],
    ['user name', 'invalidValue: '],
    ['', 'invalidValue: '],
  ])('%s is refused', (name, detail) => {
    expect(outcome(name).startsWith(detail), outcome(name)).toBe(true)
  })

  it.each<[JsonObject, Json | undefined]>([
    [{ emails: [{ value: 'a' }, { value: 'b', primary: true }] }, 'b'],
    [{ emails: [{ value: 'a', primary: false }, { value: 'b' }] }, 'a'],
    [{ emails: [{ type: 'work', primary: true }, { value: 'b' }] }, undefined],
    [{ emails: [] }, undefined],
    [{}, undefined],
  ])('of %j is %j: the primary, else the first', (resource, expected) => {
    expect(sortValue(resource, by('emails'))).toBe(expected)
  })
})

describe('the order of values', () => {
  const sorted = (of: Attribute, values: readonly (Json | undefined)[], descending = false): readonly Json[] => {
    const order = valueOrder(of, descending)
    return values
      .map((value) => [value ?? null])
      .sort(([a], [b]) => order(a, b))
      .map(([value]) => value as Json)
  }

  it('has missing values last, descending first', () => {
    const title = attribute('title')
    expect(sorted(title, [undefined, 'b', undefined, 'a'])).toEqual(['a', 'b', null, null])
    expect(sorted(title, [undefined, 'b', undefined, 'a'], true)).toEqual([null, null, 'b', 'a'])
  })

  it('regards case only where the attribute does, and no language', () => {
    expect(sorted(attribute('title'), ['c', 'B', 'a', '\u00e4', 'z'])).toEqual(['a', 'B', 'c', 'z', '\u00e4'])
    expect(sorted(attribute('code', { caseExact: true }), ['c', 'B', 'a'])).toEqual(['B', 'a', 'c'])
    // by code point: UTF-16 has the first behind the second
    expect(sorted(attribute('title'), ['\u{1f600}', '\uff5e'])).toEqual(['\uff5e', '\u{1f600}'])
  })

  it('has numbers, times and truth values by what they are', () => {
    expect(sorted(attribute('badge', { type: 'integer' }), [10, 9, -1])).toEqual([-1, 9, 10])
    expect(sorted(attribute('on', { type: 'boolean' }), [true, false])).toEqual([false, true])
    const at = attribute('at', { type: 'dateTime' })
    const times = ['2026-01-01T01:00:00+02:00', '2026-01-01T00:00:00Z', '2025-12-31T22:30:00Z']
    expect(sorted(at, times)).toEqual([times[2], times[0], times[1]])
  })
})

describe('sortBy among several types', () => {
  const among = (name: string): unknown => {
    try {
      const types = [userType, groupType, thingType]
      return [...sortAmong(parseAttributePath(name, 'invalidValue'), types, types)].map(([type, ref]) => [
        type.name,
        ref.name,
      ])
    } catch (error) {
      return isBridgeError(error) ? [error.reason, error.detail] : error
    }
  }

  it('is asked of those that have the attribute', () => {
    expect(among('userName')).toEqual([['User', 'userName']])
    expect(among('displayName')).toEqual([
      ['User', 'displayName'],
      ['Group', 'displayName'],
    ])
  })

  it('is refused when none has it', () => {
    expect(among('nope')).toEqual(['invalidValue', 'unknown attribute "nope" of User, Group or Thing'])
  })

  it('is refused when two compare it in different ways', () => {
    const exact = {
      ...groupType,
      schema: { ...groupType.schema, attributes: [attribute('displayName', { caseExact: true })] },
    }
    const types = [userType, exact]
    const path = parseAttributePath('displayName')
    expect(() => sortAmong(path, types, types)).toThrow('"displayName" is not compared in one way in User or Group')
    expect([...sortAmong(path, types, [exact]).keys()]).toEqual([exact])
  })
})
