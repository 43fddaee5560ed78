import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import { openBridge } from '../../src/service/open-bridge.ts'
import { checkSensitive } from '../../src/service/sensitive.ts'
import { stand } from './stand.ts'
import type { Stand } from './stand.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

let s: Stand
beforeAll(async () => void (s = await stand()))
afterAll(() => s.close())

const outcome = (sensitive: readonly string[], filter: string, type?: string): string => {
  try {
    openBridge({ ...s.app, sensitive }).checkUrlFilter(filter, type)
    return 'taken'
  } catch (error) {
    return error instanceof BridgeError ? `${error.reason}: ${error.detail}` : String(error)
  }
}

describe('sensitive filters in a URL', () => {
  it.each([
    [['userName'], 'userName eq "ada"', 'userName'],
    [['USERNAME'], 'title pr and not (urn:ietf:params:scim:schemas:core:2.0:User:username sw "a")', 'userName'],
    [['name'], 'name.familyName eq "x"', 'name.familyName'],
    [['emails'], 'emails co "@example.com"', 'emails.value'],
    [['emails.value'], 'emails[type eq "work" and value eq "x"]', 'emails.value'],
    [['emails'], 'emails[type eq "work"]', 'emails.type'],
    [[`${enterprise}:department`], 'department eq "x" or title pr', `${enterprise}:department`],
  ])('%j refuses %s', (sensitive, filter, named) => {
    const detail = `sensitive: a filter on "${named}" may not stand in a URL: send it in the body of a POST to`
    expect(outcome(sensitive, filter, 'User')).toBe(`${detail} /Users/.search`)
    expect(outcome(sensitive, filter)).toBe(`${detail} /.search`)
  })

  it.each([
    [[], 'userName eq "ada"'],
    [['userName'], 'title eq "x"'],
    [['userName'], 'userName pr'],
    [['name.familyName'], 'name.givenName eq "x"'],
    [['emails.value'], 'emails.type eq "work"'],
    [['displayName'], 'id eq "1"'],
  ])('%j takes %s', (sensitive, filter) => {
    expect([outcome(sensitive, filter, 'User'), outcome(sensitive, filter)]).toEqual(['taken', 'taken'])
  })

  it('says of a filter that cannot be understood just that', () => {
    expect(outcome(['userName'], 'userName eq', 'User')).toMatch(/^invalidFilter: /)
  })

  it('is not set up for names that no application has', () => {
    const types = s.app.catalog.types.map(({ type }) => type)
    const refused = (sensitive: readonly string[]): unknown => {
      try {
        return checkSensitive(types, sensitive)
      } catch (error) {
        return error instanceof BridgeError && [error.reason, error.detail]
      }
    }
    expect(refused(['userName', 'members.value', `${enterprise}:MANAGER`])).toBeUndefined()
    expect(refused(['usrName', 'userName', 'a b'])).toEqual([
      'invalidConfiguration',
      'sensitiveFilters: no application has an attribute "usrName"\nsensitiveFilters: no application has an attribute "a b"',
    ])
  })
})

describe('a filter on one resource', () => {
  const get = (id: string, filter: string, attributes?: readonly string[]): Promise<string> =>
    s.failure({
      kind: 'get',
      type: 'User',
      id: id as never,
      filter,
      show: attributes === undefined ? {} : { attributes },
    })

  it.each([
    ['userName pr', 'none'],
    ['userName eq "nobody"', 'notFound'],
    ['id eq "1015" and meta.resourceType eq "User"', 'none'],
    ['not (id eq "1015")', 'notFound'],
    ['externalId pr', 'notFound'],
    [`schemas eq "${enterprise}"`, 'none'],
    ['groups pr or emails pr', 'none'],
    ['nope pr', 'invalidFilter'],
    ['', 'invalidFilter'],
  ])('%s: %s', async (filter, expected) => {
    expect(await get('1015', filter)).toBe(expected)
    expect(await get('1015', filter, ['title'])).toBe(expected)
  })

  it('of a resource that is not there is 404 as well', async () => {
    expect(await get('nobody', 'userName pr')).toBe('notFound')
  })

  it('shows no more than without it', async () => {
    const { body } = await s.ask({
      kind: 'get',
      type: 'User',
      id: '1015' as never,
      filter: 'userName pr and emails.value pr',
      show: { attributes: ['title'] },
    })
    expect(Object.keys(body ?? {}).sort()).toEqual(['id', 'schemas', 'title'])
  })
})
