import { pbkdf2Sync } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { scimId } from '../../src/base/brand.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Catalog, Leaf } from '../../src/mapping/catalog.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import { create, patch, stand } from './stand.ts'
import type { Stand } from './stand.ts'

let s: Stand
afterEach(() => s.close())

/** Does the column hold a hash of this password? */
function holds(userName: string, password: string): boolean {
  const row = s.legacy.prepare('SELECT password_hash AS hash FROM person WHERE user_name = ?').get(userName)
  const [, rounds = '', salt = '', key = ''] =
    /^\{PBKDF2-SHA256\}(\d+)\$([^$]+)\$(.+)$/.exec(String(row?.['hash'])) ?? []
  const bytes = (text: string) => Buffer.from(text.replaceAll('.', '+'), 'base64')
  return pbkdf2Sync(password, bytes(salt), Number(rounds), 32, 'sha256').equals(bytes(key))
}

const replace = (id: string, body: JsonObject): ScimRequest => ({
  kind: 'replace',
  type: 'User',
  id: scimId(id),
  body: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], ...body },
  show: {},
})

/** The same application, whose password codec refuses to work while everybody waits. */
function patient(catalog: Catalog): Catalog {
  const encode = (): never => {
    throw new Error('this would stop the process')
  }
  const leaf = (one: Leaf): Leaf =>
    one.carrier.kind === 'slot' && one.carrier.codec.encodeAhead !== undefined
      ? { ...one, carrier: { ...one.carrier, codec: { ...one.carrier.codec, encode } } }
      : one
  const types = catalog.types.map((type) => ({
    ...type,
    attributes: type.attributes.map((one) => (one.kind === 'single' ? { ...one, leaves: one.leaves.map(leaf) } : one)),
  }))
  return { ...catalog, types }
}

describe('a password', () => {
  it('is hashed by every kind of write, off the event loop', async () => {
    s = await stand({ catalog: patient }, 'conformance-sqlite')
    const made = await s.body(create('User', { userName: 'ann', password: 'one' }))
    const id = String(made['id'])
    expect(holds('ann', 'one')).toBe(true)
    await s.ask(patch('User', id, { op: 'replace', path: 'password', value: 'two' }))
    expect(holds('ann', 'two')).toBe(true)
    await s.ask(patch('User', id, { op: 'add', value: { password: 'three', title: 'Chair' } }))
    expect(holds('ann', 'three')).toBe(true)
    await s.ask(
      patch('User', id, { op: 'add', path: 'password', value: 'x' }, { op: 'add', path: 'password', value: 'four' }),
    )
    expect(holds('ann', 'four')).toBe(true)
    await s.ask(replace(id, { userName: 'ann', password: 'five' }))
    expect(holds('ann', 'five')).toBe(true)
    await s.ask(replace(id, { userName: 'ann' }))
    expect(holds('ann', 'five')).toBe(true)
  })
})
