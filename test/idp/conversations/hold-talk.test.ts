import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Served } from '../../wire/playground.ts'
import { holdTalk } from './hold-talk.ts'
import { servedInMemory } from '../../wire/in-memory.ts'
import type { Exchange, Talk } from './talk.ts'

let server: Served
beforeAll(async () => {
  server = await servedInMemory('tolerant')
})
afterAll(async () => server?.stop())

const exchange = (method: 'GET' | 'POST' | 'PUT', path: string, more: Partial<Exchange> & object): Exchange => ({
  note: 'n',
  level: 'must',
  expect: { status: [200] },
  ...more,
  request: { method, path, ...more.request },
})
const talk = (...exchanges: readonly Exchange[]): Talk => ({
  id: 'entra/one-of-the-test',
  client: 'entra',
  title: 't',
  source: 's',
  certainty: 'inferred',
  exchanges: [...exchanges],
})
const create = (n = 1): Exchange =>
  exchange('POST', '/Users', {
    times: n,
    request: { method: 'POST', path: '/Users', body: { userName: 'u{{n}}-{{uniq}}', title: 'T' } },
    expect: { status: [201] },
    save: { 'id{{n}}': 'id', got: '$' },
  })

it('carries on what was saved, takes an object in and removes what it made', async () => {
  const put = { '...': '{{got}}', displayName: 'D' }
  const held = await holdTalk(
    server,
    talk(
      create(3),
      exchange('GET', '/Users?count=2', {
        expect: { status: [200], bodyContains: { totalResults: 3 } },
        save: { p: 'Resources' },
      }),
      exchange('GET', '/Users?startIndex=3', {
        expect: { status: [200], bodyContains: { Resources: { $disjoint: ['{{p}}'] } } },
      }),
      exchange('PUT', '/Users/{{id3}}', {
        request: { method: 'PUT', path: '/Users/{{id3}}', body: put },
        expect: { status: [200], bodyContains: { title: 'T', displayName: 'D', id: '{{id3}}' } },
      }),
    ),
  )
  expect([...held]).toEqual([])
  expect((await server.get('/Users')).body['totalResults']).toBe(0)
})

it('says what differs by the number of the exchange, and goes on', async () => {
  const held = await holdTalk(
    server,
    talk(
      create(),
      exchange('GET', '/Users/{{id1}}', {
        expect: { status: [200], bodyContains: { title: 'other' }, bodyAbsent: ['userName'] },
        after: { get: '/Users/{{id1}}', bodyContains: { title: 'T' }, bodyAbsent: ['id'] },
      }),
      exchange('GET', '/Users/{{id2}}', {}),
      exchange('GET', '/Users', { expect: { status: [200], bodyContains: { totalResults: 1 } } }),
      exchange('GET', '/Users', { expect: { status: [404] } }),
      exchange('GET', '/Users', { expect: { status: [200] }, save: { x: 'Resources[7].id' } }),
      exchange('GET', '/Users', { expect: { status: [200], within: -1 } }),
      exchange('GET', '/Users?count=1', { save: { p: 'Resources' } }),
      exchange('GET', '/Users?count=1', {
        expect: { status: [200], bodyContains: { Resources: { $disjoint: ['{{p}}'] } } },
      }),
    ),
  )
  expect([...held.keys()]).toEqual([2, 3, 5, 6, 7, 9])
  expect(held.get(2)).toEqual([
    'title: wanted "other", got "T"',
    expect.stringMatching(/^userName: wanted nothing, got "u1-/),
    expect.stringMatching(/^afterwards \/Users\/.*: id: wanted nothing/),
  ])
  expect(held.get(3)).toEqual(['Error: nothing is known as {{id2}}'])
})
