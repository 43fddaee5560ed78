import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import { messages, readSearch } from '../../src/scim/messages.ts'
import { quirksOf } from '../../src/scim/quirks.ts'
import { outcome } from './outcome.ts'

const strict = quirksOf('strict') ?? new Set()
const tolerant = quirksOf('tolerant') ?? new Set()
const schemas = [messages.searchRequest]

describe('a search message', () => {
  it('is a query', () => {
    const query = {
      attributes: ['userName'],
      excludedAttributes: ['name'],
      filter: 'userName pr',
      sortBy: 'userName',
      sortOrder: 'descending',
      startIndex: 0,
      count: -1,
    }
    expect(readSearch({ schemas, ...query, unknown: 1 }, strict)).toEqual(query)
  })

  it('leaves out what is absent or null', () => {
    expect(readSearch({ schemas, filter: null }, strict)).toEqual({})
    expect(readSearch({ schemas, cursor: null, count: 3 }, strict)).toEqual({ count: 3 })
  })

  it('takes a cursor, and an empty one for the first page (RFC 9865 section 3)', () => {
    expect(readSearch({ schemas, cursor: '', count: 10 }, strict)).toEqual({ cursor: '', count: 10 })
    expect(readSearch({ schemas, cursor: 'VZUTiyhEQJ94IR' }, strict)).toEqual({ cursor: 'VZUTiyhEQJ94IR' })
  })

  it.each<[Json, string]>([
    [null, 'invalidSyntax'],
    [[], 'invalidSyntax'],
    [{}, 'invalidSyntax'],
    [{ schemas: [] }, 'invalidSyntax'],
    [{ schemas: messages.searchRequest }, 'invalidSyntax'],
    [{ schemas: [messages.patchOp] }, 'invalidSyntax'],
    [{ schemas, attributes: 'userName,name' }, 'invalidValue'],
    [{ schemas, attributes: [1] }, 'invalidValue'],
    [{ schemas, filter: 5 }, 'invalidValue'],
    [{ schemas, sortBy: ['a'] }, 'invalidValue'],
    [{ schemas, startIndex: '1' }, 'invalidValue'],
    [{ schemas, count: 1.5 }, 'invalidValue'],
    [{ schemas, cursor: 5 }, 'invalidCursor'],
    [{ schemas, cursor: ['a'] }, 'invalidCursor'],
    [{ schemas, cursor: '', count: '10' }, 'invalidCount'],
    [{ schemas, cursor: '', count: 1.5 }, 'invalidCount'],
    [{ schemas, cursor: '', startIndex: '1' }, 'invalidValue'],
  ])('%j is %s', (body, reason) => {
    expect(outcome(() => readSearch(body, tolerant))).toBe(reason)
  })

  it('knows its members in other casings by the dialect only', () => {
    const body = { schemas, Filter: 'userName pr' }
    expect(readSearch(body, strict)).toEqual({})
    expect(readSearch(body, tolerant)).toEqual({ filter: 'userName pr' })
  })
})
