import { describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import { hasFilter, readProjection, readQuery } from '../../src/http/query.ts'

describe('readQuery', () => {
  it.each<[string, unknown]>([
    ['/Users', {}],
    ['/Users?', {}],
    ['/Users?&&', {}],
    // OneLogin's form: blanks as +, a trailing &
    ['/Users?filter=userName+eq+%22x%40y%22&', { filter: 'userName eq "x@y"' }],
    ['/Users?filter=userName%20eq%20"a%2Bb"', { filter: 'userName eq "a+b"' }],
    ['/Users?filter=a%3Db=c', { filter: 'a=b=c' }],
    ['/Users?filter=name?x', { filter: 'name?x' }],
    ['/Users?filter=%2541', { filter: '%41' }],
    // an empty filter is malformed, and the parser of filters says so; nobody gets everything by mistake
    ['/Users?filter=', { filter: '' }],
    ['/Users?filter', { filter: '' }],
    ['/Users?Filter=x&STARTINDEX=2', { filter: 'x', startIndex: 2 }],
    ['/Users?sortBy=name.familyName&sortOrder=descending', { sortBy: 'name.familyName', sortOrder: 'descending' }],
    ['/Users?sortBy=&sortOrder=', {}],
    ['/Users?startIndex=-5&count=0', { startIndex: -5, count: 0 }],
    ['/Users?count=%2B7', { count: 7 }],
    ['/Users?count=99999999999999999999999', { count: Number.MAX_SAFE_INTEGER }],
    // RFC 9865 section 2: empty or without a value for the first page
    ['/Users?cursor&count=10', { cursor: '', count: 10 }],
    ['/Users?cursor=&count=10', { cursor: '', count: 10 }],
    ['/Users?CURSOR=aB-_.~9&startIndex=1', { cursor: 'aB-_.~9', startIndex: 1 }],
    ['/Users?cursor=&count=-3', { cursor: '', count: -3 }],
    ['/Users?attributes=userName,%20emails.type,,', { attributes: ['userName', 'emails.type'] }],
    ['/Users?attributes=a&attributes=b', { attributes: ['a', 'b'] }],
    ['/Users?attributes=', {}],
    ['/Users?excludedAttributes=members', { excludedAttributes: ['members'] }],
    ['/Users?aadOptscim062020&foo=%ZZ&count=3', { count: 3 }],
    ['/Users?__proto__=1&constructor=2&toString=3', {}],
  ])('%s', (url, query) => {
    expect(readQuery(url)).toEqual(query)
  })

  it.each([
    ['/Users?count=abc', 'invalidValue'],
    ['/Users?count=', 'invalidValue'],
    ['/Users?count=1.5', 'invalidValue'],
    ['/Users?count=1e3', 'invalidValue'],
    ['/Users?count=0x10', 'invalidValue'],
    ['/Users?startIndex=one', 'invalidValue'],
    ['/Users?startIndex=1&startIndex=2', 'invalidValue'],
    ['/Users?filter=a&filter=b', 'invalidValue'],
    ['/Users?filter=a&FILTER=b', 'invalidValue'],
    ['/Users?filter=%ZZ', 'invalidFilter'],
    ['/Users?filter=%FF', 'invalidFilter'],
    ['/Users?sortBy=%', 'invalidValue'],
    ['/Users?cursor=%%%', 'invalidCursor'],
    ['/Users?cursor=%FF', 'invalidCursor'],
    ['/Users?cursor=a&cursor=b', 'invalidCursor'],
    ['/Users?cursor=&count=abc', 'invalidCount'],
    ['/Users?count=1.5&cursor', 'invalidCount'],
    ['/Users?cursor=&startIndex=one', 'invalidValue'],
  ])('%s is %s', (url, reason) => {
    const thrown = (): unknown => {
      try {
        return readQuery(url)
      } catch (error) {
        return error
      }
    }
    expect(thrown()).toBeInstanceOf(BridgeError)
    expect(thrown()).toMatchObject({ reason })
  })

  it('reads a projection alone, whatever else is wrong with the rest', () => {
    expect(readProjection('/Users/1?attributes=userName&count=abc')).toEqual({ attributes: ['userName'] })
    expect(hasFilter('/Schemas?filter=id+pr')).toBe(true)
    expect(hasFilter('/Schemas?filters=id')).toBe(false)
  })
})
