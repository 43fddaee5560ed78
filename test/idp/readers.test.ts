import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../src/plan/limits.ts'
import { handle } from '../../src/service/handle.ts'
import { testContext } from '../application.ts'
import { stand } from '../service/stand.ts'
import type { Stand } from '../service/stand.ts'
import { served } from '../wire/playground.ts'
import type { Served } from '../wire/playground.ts'

/** Clients that do not read an answer as JSON, or not all of it; what they need is in their source and in no RFC. */
describe('a client that reads answers with its own eyes', () => {
  let server: Served
  beforeAll(async () => {
    server = await served('conformance-sqlite', { empty: true, profile: 'keycloak' })
  })
  afterAll(async () => server?.stop())

  // Termindiego25/keycloak-scim-outbound ScimClient.java: RE_FIRST_ID_IN_RESOURCES and JsonMini.totalResults
  const firstId = /"Resources"\s*:\s*\[.*?\{[^}]*?"id"\s*:\s*"([^"]+)"/s
  const total = /"totalResults"[^:]*:\D*(\d+)/

  it('finds the id of a user before the first brace closes, and the total as digits', async () => {
    const made = await server.post('/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      externalId: '"id":"x"',
      userName: 'reader',
      name: { givenName: '"id":"y"', familyName: '}' },
      emails: [{ value: 'reader@example.com', type: 'work', primary: true }],
    })
    const { text } = await server.get('/Users?filter=userName+eq+%22reader%22')
    expect(firstId.exec(text)?.[1]).toBe(made.body['id'])
    expect(total.exec(text)?.[1]).toBe('1')
  })
})

const everybody = { kind: 'list', type: 'User', query: {} } as const

describe('a client that imports with one GET /Users', () => {
  let here: Stand
  beforeAll(async () => {
    here = await stand()
  })
  afterAll(() => here?.close())

  // mitodl/keycloak-scim ScimClient.java importResources: one list request, and no other page is asked for
  it('is told that there is more, and gets it all where limits.page and limits.maxResults allow', async () => {
    expect(await here.body(everybody)).toMatchObject({ totalResults: 306, startIndex: 1, itemsPerPage: 100 })
    const limits = { ...defaultLimits, page: 1000 }
    const { body } = await handle({ ...here.app, limits }, everybody, testContext())
    expect(body).toMatchObject({ totalResults: 306, startIndex: 1, itemsPerPage: 306 })
  })
})
