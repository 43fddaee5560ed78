import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeCertificates } from '../../../servers/certificates.ts'
import type { Certificates } from '../../../servers/server.ts'
import { admin, describeSlapd, open, person, search, startSlapd, unhurried } from './slapd-fixture.ts'
import type { Slapd } from './slapd-fixture.ts'

const openAt = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))

describeSlapd('an encrypted connection', () => {
  let folder: string
  let files: Certificates
  let right: Slapd
  let wrongName: Slapd
  let silent: Server
  beforeAll(async () => {
    folder = mkdtempSync('/tmp/scim-bridge-certificates-')
    files = await makeCertificates(folder, {})
    const start = ({ certFile, keyFile }: Certificates['right'], global = ''): Promise<Slapd> =>
      startSlapd({ tls: { certFile, keyFile, caFile: files.caFile }, global })
    ;[right, wrongName] = await Promise.all([
      start(files.right, 'TLSVerifyClient try\nauthz-regexp "cn=right" "cn=admin,dc=example,dc=test"'),
      start(files.wrongName),
    ])
    silent = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1')
  })
  afterAll(async () => {
    silent.close()
    await Promise.all([right.stop(), wrongName.stop()])
    rmSync(folder, { recursive: true })
  })

  const address = { name: 'localhost', address: '127.0.0.1' }
  const ways = ['ldaps', 'startTls'] as const
  const section = (way: (typeof ways)[number], slapd: Slapd, host: string, tls: Record<string, unknown>) => ({
    url: way === 'ldaps' ? `ldaps://${host}:${slapd.tlsPort}` : `ldap://${host}:${slapd.port}`,
    ...(way === 'startTls' ? { startTls: true } : {}),
    bind: admin,
    tls,
    timeouts: { connect: 1_500 },
  })

  it.each(ways.flatMap((way) => Object.values(address).map((host) => [way, host] as const)))(
    'is made with %s to %s',
    async (way, host) => {
      const directory = await open(section(way, right, host, { ca: files.caFile }))
      expect(directory.protected).toBe(true)
      expect((await directory.ask(search())).entries).toHaveLength(20)
      expect(right.log()).toMatch(/TLS established/)
      await directory.walk(search(), () => undefined, { signal: unhurried })
      await directory.close()
    },
  )

  it.each(ways)('is refused with %s when a stranger signed the certificate, or it names another', async (way) => {
    const cases = [
      [right, { ca: files.strangerCaFile }, /CERT|certificate|self/i],
      [right, {}, /CERT|certificate|self/i],
      [wrongName, { ca: files.caFile }, /altnames|does not match/i],
      [right, { ca: files.caFile, servername: 'other.example' }, /altnames|does not match/i],
    ] as const
    for (const [slapd, tls, cause] of cases) {
      const directory = await open(section(way, slapd, '127.0.0.1', tls))
      const error = await directory.ask(search()).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        reason: 'unavailable',
        cause: { cause: { message: expect.stringMatching(cause) } },
      })
      await directory.close()
    }
    const named = await open(
      section(way, wrongName, '127.0.0.1', { ca: files.caFile, servername: 'elsewhere.example' }),
    )
    await named.ping(unhurried)
    await named.close()
  })

  it.each(ways)('is given up in time with %s when the server says nothing', async (way) => {
    const { port } = silent.address() as AddressInfo
    const directory = await open({
      ...section(way, { port, tlsPort: port } as Slapd, '127.0.0.1', { ca: files.caFile }),
      timeouts: { connect: 300 },
    })
    const from = performance.now()
    await expect(directory.ping(unhurried)).rejects.toMatchObject({ reason: 'unavailable' })
    expect(performance.now() - from).toBeLessThan(1_000)
    await directory.close()
    // nothing of it is left open
    await expect.poll(() => openAt(silent)).toBe(0)
  })

  it('is demanded: no bind is tried where StartTLS is not offered', async () => {
    const plain = await startSlapd()
    const directory = await open(section('startTls', plain, '127.0.0.1', { ca: files.caFile }))
    await expect(directory.ping(unhurried)).rejects.toMatchObject({
      reason: 'unavailable',
      cause: { message: expect.stringMatching(/StartTLS refused/) },
    })
    expect(plain.log()).not.toMatch(/BIND/)
    await directory.close()
    await plain.stop()
  })

  it('binds by its client certificate', async () => {
    const { certFile: cert, keyFile: key } = files.right
    const directory = await open({
      ...section('ldaps', right, '127.0.0.1', { ca: files.caFile, cert, key }),
      bind: { sasl: 'external' },
    })
    expect((await directory.ask(person('by-certificate'))).code).toBe(0)
    await directory.close()
  })

  it('is not needed over the socket, which tells who it is', async () => {
    const directory = await open({ url: right.socketUrl, bind: { sasl: 'external' } })
    expect(directory.protected).toBe(true)
    expect((await directory.ask(person('by-socket'))).code).toBe(0)
    await directory.close()
    const nobody = await open({ url: right.socketUrl })
    expect((await nobody.ask(person('nobody'))).code).toBe(8)
    expect((await nobody.ask(search())).code).toBe(0)
    await nobody.close()
  })

  it('is not there for a socket that is not there', async () => {
    const directory = await open({ url: `ldapi://${encodeURIComponent(`${folder}/none`)}` })
    await expect(directory.ping(unhurried)).rejects.toMatchObject({ reason: 'unavailable' })
    await directory.close()
  })
})
