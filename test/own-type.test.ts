import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../src/base/json.ts'
import { start } from '../src/cli/start.ts'
import type { Running } from '../src/cli/start.ts'
import { readConfig } from '../src/config.ts'
import { root, secret } from './cli/process.ts'
import { ldapPlace } from './live/ldap/place.ts'
import type { LdapPlace } from './live/ldap/place.ts'
import { blocksOf } from './markdown.ts'
import { describeServer } from './servers/with-server.ts'
import { scimClient } from './wire/client.ts'
import type { Client } from './wire/client.ts'
import { person, where } from './wire/people.ts'

/** The examples of "A type of your own" in the documentation of the mapping language: they are served as they stand. */
const [, section = ''] = readFileSync(join(root, 'docs/mapping.md'), 'utf8').split('\n## A type of your own\n')
const [script, overSql, overLdap] = blocksOf(section.split('\n## ')[0] ?? '').map(({ text }) => text)

const device = 'urn:example:scim:schemas:Device'
const asset = 'urn:example:scim:schemas:extension:Asset'
const place = 'urn:example:scim:schemas:extension:Place'

describe('a type of one’s own over a database, as documented', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-own-'))
  let running: Running
  let client: Client
  beforeAll(async () => {
    writeFileSync(join(folder, 'devices.sql'), script ?? '')
    writeFileSync(join(folder, 'devices.yaml'), overSql ?? '')
    const env = { SCIM_BRIDGE_TOKEN: secret }
    const said = { mappings: [join(folder, 'devices.yaml')], sideStore: join(folder, 'side.db'), port: '0' }
    running = await start(readConfig(undefined, said, env), env, () => undefined)
    client = scimClient(running.urls[0] ?? '', secret)
  })
  afterAll(async () => {
    client?.close()
    await running?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const printer: JsonObject = {
    schemas: [device, asset],
    label: 'P-1',
    model: 'printer',
    builtAt: '2024-02-29T12:00:00Z',
    photo: 'AAEC/w==',
    lent: false,
    ports: ['usb', 'ethernet'],
    addresses: [
      { value: '192.0.2.7', type: 'ipv4', primary: true },
      { value: '2001:db8::7', type: 'ipv6' },
    ],
    [asset]: { number: 'A-77', price: 199.95 },
  }

  it('is made, found, changed and deleted', async () => {
    const owner = String((await client.post('/Users', person('ann'))).body['id'])
    const made = await client.post('/Devices', { ...printer, owner: { value: owner } })
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject({ ...printer, owner: { value: owner }, meta: { resourceType: 'Device' } })
    expect((made.body['owner'] as JsonObject)['$ref']).toMatch(new RegExp(`/Users/${owner}$`))
    const path = `/Devices/${String(made.body['id'])}`
    for (const filter of [
      'addresses[type eq "ipv6" and value sw "2001"]',
      `${asset}:price gt 199.9`,
      'builtAt lt "2024-03-01T00:00:00Z"',
      `owner.value eq "${owner}"`,
      'ports eq "USB"',
    ])
      expect((await client.get(`/Devices${where(filter)}`)).body['totalResults'], filter).toBe(1)
    const patched = await client.patch(
      path,
      { op: 'add', path: 'ports', value: ['hdmi'] },
      { op: 'replace', path: `${asset}:price`, value: 0.1 },
    )
    expect(patched.body).toMatchObject({ ports: ['usb', 'ethernet', 'hdmi'], [asset]: { number: 'A-77', price: 0.1 } })
    expect(patched.body).not.toHaveProperty('photo')
    expect((await client.put(path, { ...printer, builtAt: '2025-01-01T00:00:00Z' })).body['scimType']).toBe(
      'mutability',
    )
    expect((await client.post('/Devices', { ...printer, label: 'p-1' })).status).toBe(409)
    const { [asset]: _, ...bare } = printer
    expect((await client.post('/Devices', { ...bare, label: 'P-2' })).body['scimType']).toBe('invalidValue')
    expect((await client.delete(path)).status).toBe(204)
    expect((await client.get(path)).status).toBe(404)
  })

  it('keeps decimals to the last digit that JSON has', async () => {
    for (const [i, price] of [0, -0.01, 1234567890.1234, 99999999999.9999, 1e-7].entries()) {
      const made = await client.post('/Devices', { ...printer, label: `D-${i}`, [asset]: { number: 'x', price } })
      expect(made.body[asset]).toEqual({ number: 'x', price })
      expect((await client.get(`/Devices${where(`${asset}:price eq ${price}`)}`)).body['totalResults']).toBe(1)
    }
    expect(
      (await client.post('/Devices', { ...printer, label: 'D', [asset]: { number: 'x', price: '1' } })).status,
    ).toBe(400)
  })

  it('is described', async () => {
    const type = (await client.get('/ResourceTypes/Device')).body
    expect(type).toMatchObject({
      endpoint: '/Devices',
      schema: device,
      schemaExtensions: [{ schema: asset, required: true }],
    })
    const schema = (await client.get(`/Schemas/${device}`)).body
    expect((schema['attributes'] as readonly JsonObject[]).map((one) => one['name'])).toEqual([
      ...['label', 'model', 'builtAt', 'photo', 'lent', 'ports', 'addresses', 'owner'],
    ])
  })
})

await describeServer('openldap', 'a type of one’s own over a directory, as documented', (server) => {
  let at: LdapPlace
  beforeAll(async () => {
    at = await ldapPlace(server, {
      // the account of the bridge may write below ou=people and ou=groups only
      mapping: () => (overLdap ?? '').replace('ou=devices,', 'ou=devices,ou=groups,'),
      ldif: 'dn: ou=devices,ou=groups,SUFFIX\nobjectClass: organizationalUnit\nou: devices\n',
    })
  })
  afterAll(() => at.close())

  it('is made, found, changed and deleted', async () => {
    const { client } = at
    const owner = String((await client.post('/Users', person('ann'))).body['id'])
    const phone = {
      schemas: [device, place],
      label: 'Phone 7',
      serials: ['a-1', 'B-2'],
      [place]: { town: 'Porto', note: 'new' },
    }
    const made = await client.post('/Devices', { ...phone, owner: { value: owner } })
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject({
      label: 'Phone 7',
      owner: { value: owner, display: 'ann' },
      [place]: { town: 'Porto', note: 'new' },
    })
    const path = `/Devices/${String(made.body['id'])}`
    expect(
      (await client.get(`/Devices${where(`${place}:town eq "porto" and serials eq "a-1"`)}`)).body['totalResults'],
    ).toBe(1)
    expect((await client.patch(path, { op: 'replace', path: 'label', value: 'Phone 8' })).body).toMatchObject({
      label: 'Phone 8',
    })
    expect((await client.post('/Devices', { ...phone, label: 'PHONE 8' })).status).toBe(409)
    expect((await client.patch(path, { op: 'remove', path: `${place}:town` })).body['scimType']).toBe('mutability')
    expect((await client.delete(`/Users/${owner}`)).status).toBe(204)
    expect((await client.get(path)).body).not.toHaveProperty('owner')
    expect((await client.delete(path)).status).toBe(204)
    expect((await client.get(path)).status).toBe(404)
  })
})
