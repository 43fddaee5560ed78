import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { person, team } from '../wire/people.ts'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'
import { refusal } from '../wire/refusal.ts'

/** What later RFCs and drafts add is not offered, and says so in the way that the RFCs have for it. */
describe('what is not offered', () => {
  let server: Stand
  beforeAll(async () => {
    server = await stand('conformance-sqlite', { empty: true })
  })
  afterAll(async () => server?.stop())

  it('answers as usual when an asynchronous answer would be preferred (RFC 9967)', async () => {
    const answer = await server.send('POST', '/Users', {
      body: person('async@example.com'),
      headers: { prefer: 'respond-async' },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers['set-txn']).toBeUndefined()
    expect(answer.headers['preference-applied']).toBeUndefined()
  })

  it('claims no security events (RFC 9967)', async () => {
    expect((await server.get('/ServiceProviderConfig')).body).not.toHaveProperty('securityEvents')
  })

  it.each(['/Devices', '/EndpointApps', '/Roles', '/Entitlements', '/Agents', '/.deltaToken', '/.delta'])(
    'has nothing at %s (RFC 9944 and drafts)',
    async (path) => {
      expect(refusal(await server.get(path), path)).toBe('404')
    },
  )

  // the id says what a member is: a type beside it that disagrees is set right, and not kept
  it('has no member of a type that it does not serve (RFC 9944)', async () => {
    const { body } = await server.post('/Users', person('member@example.com'))
    const id = String(body['id'])
    const typed = await server.post('/Groups', { ...team('devices'), members: [{ value: id, type: 'Device' }] })
    expect(typed.body['members']).toEqual([expect.objectContaining({ value: id, type: 'User' })])
    const before = server.dump()
    const refused = await server.post('/Groups', { ...team('more'), members: [{ value: 'device-1', type: 'Device' }] })
    expect(refusal(refused, 'Device')).toBe('400 invalidValue')
    expect(server.dump()).toBe(before)
  })

  it('keeps nothing that it has no attribute for (RFC 7643 section 9.3)', async () => {
    const answer = await server.post('/Users', person('private@example.com', { shoeSize: 'forty-three-and-a-half' }))
    expect(answer.status, answer.text).toBe(201)
    expect(server.dump()).not.toContain('forty-three-and-a-half')
  })
})
