import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Stand } from './stand.ts'
import { stand, token } from './stand.ts'

describe('one application over HTTP', () => {
  let it1: Stand
  beforeAll(async () => {
    it1 = await stand()
  })
  afterAll(() => it1.stop())

  it('creates with 201 and Location, and reads back what it made', async () => {
    const made = await it1.call('POST', '/Users', { body: { userName: 'märrie' } })
    expect(made.status).toBe(201)
    const location = made.headers.get('location') ?? ''
    expect(location).toBe(`${it1.url}/scim/v2/Users/u1`)
    expect(made.headers.get('content-type')).toBe('application/scim+json')
    const got = await fetch(location, { headers: { authorization: `Bearer ${token}` } })
    expect(got.status).toBe(200)
    expect(await got.json()).toEqual({ userName: 'märrie', id: 'u1' })
    expect(got.headers.get('etag')).toBe('W/"1"')
  })
})
