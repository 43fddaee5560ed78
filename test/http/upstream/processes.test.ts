import { createServer } from 'node:https'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { forwarder } from '../../../src/http/upstream/forward.ts'
import { pathOf } from '../../../src/http/upstream/pass-scim.ts'
import { bridge, folder, mappings } from '../../cli/process.ts'
import { makeCertificates } from '../../servers/certificates.ts'
import { scimClient } from '../../wire/client.ts'
import { sha256Of, tokenOf } from '../../wire/configured.ts'
import { person } from '../../wire/people.ts'

describe('two bridges, as an operator starts them', () => {
  it('serve one application through the other, and go on when it comes back', async () => {
    const cwd = folder()
    const behindToken = 'a-token-of-the-service-behind'
    const behindEnv = { SCIM_BRIDGE_TOKEN: behindToken, SCIM_BRIDGE_CONFORMANCE_DB: join(cwd, 'people.db') }
    const startBehind = (port: string) =>
      bridge(['serve', '--port', port, join(mappings, 'conformance-sqlite.yaml')], { cwd, env: behindEnv })
    const behind = startBehind('0')
    const [, behindUrl = ''] = await behind.printed(/^LISTENING (\S+)\n/)
    writeFileSync(join(cwd, 'crm.token'), behindToken)
    writeFileSync(
      join(cwd, 'bridge.yaml'),
      `tokens: [{ name: idp, sha256: ${sha256Of('idp')} }]
applications:
  demo: ${join(mappings, 'demo.yaml')}
  crm: { upstream: { url: "${behindUrl}", token: "\${file:${join(cwd, 'crm.token')}}" } }
sideStore: front.db
`,
    )
    const front = bridge(['serve', '--port', '0', '--config', join(cwd, 'bridge.yaml')], {
      cwd,
      env: { SCIM_BRIDGE_DEMO_DB: join(cwd, 'demo.db') },
    })
    const [, demoUrl = '', crmUrl = ''] = await front.printed(/^LISTENING (\S+)\nLISTENING (\S+)\n/)
    const [demo, crm] = [scimClient(demoUrl, tokenOf('idp')), scimClient(crmUrl, tokenOf('idp'))]
    onTestFinished(() => {
      demo.close()
      crm.close()
    })
    const made = await crm.post('/Users', person('ada'))
    expect([made.status, made.headers.location]).toEqual([201, `${crmUrl}/Users/${String(made.body['id'])}`])
    expect((await crm.get('/Users')).body['totalResults']).toBe(1)
    expect(Number((await demo.get('/Users?count=0')).body['totalResults'])).toBeGreaterThan(100)
    process.kill(behind.pid, 'SIGTERM')
    await behind.ended
    const away = await crm.get('/Users')
    expect([away.status, away.headers['retry-after']]).toEqual([503, '5'])
    expect((await demo.get('/Users?count=0')).status).toBe(200)
    const again = startBehind(new URL(behindUrl).port)
    await again.printed(/^LISTENING/)
    expect((await crm.get('/Users')).body['totalResults']).toBe(1)
    expect(front.stderr()).not.toContain(behindToken)
    process.kill(front.pid, 'SIGTERM')
    expect(await front.ended).toEqual({ code: 0, signal: null })
  })
})

describe('an upstream over TLS', () => {
  it('is verified: by its authority, and by the name that it must carry', async () => {
    const at = folder()
    const { caFile, strangerCaFile, right, wrongName } = await makeCertificates(at, {})
    const started = await Promise.all(
      [right, wrongName].map(async ({ certFile, keyFile }) => {
        const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (_, response) =>
          response.end('{}'),
        )
        await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
        onTestFinished(() => {
          server.closeAllConnections()
          server.close()
        })
        return `https://localhost:${(server.address() as AddressInfo).port}/scim`
      }),
    )
    const [good = '', misnamed = ''] = started
    const ask = async (url: string, tls: Readonly<Record<string, string>>): Promise<number | string> => {
      const sender = forwarder({ url, knownAs: [], credential: undefined, timeout: undefined, tls }, at)
      try {
        const { message, giveUp } = await sender.send(
          { method: 'GET', path: pathOf(url), headers: {} },
          AbortSignal.timeout(5000),
        )
        giveUp()
        return message.statusCode ?? 0
      } catch (error) {
        return (error as { readonly reason: string }).reason
      } finally {
        sender.close()
      }
    }
    expect(await ask(good, { ca: 'tls/ca.crt' })).toBe(200)
    expect(caFile).toBe(join(at, 'tls/ca.crt'))
    expect(await ask(good, {})).toBe('unavailable')
    expect(await ask(good, { ca: strangerCaFile })).toBe('unavailable')
    expect(await ask(misnamed, { ca: caFile })).toBe('unavailable')
    expect(await ask(misnamed, { ca: caFile, servername: 'elsewhere.example' })).toBe(200)
    expect(() =>
      forwarder({ url: good, knownAs: [], credential: undefined, timeout: undefined, tls: { ca: 'none' } }, at),
    ).toThrow('cannot be read')
    writeFileSync(join(at, 'junk'), 'junk')
    expect(() =>
      forwarder(
        { url: good, knownAs: [], credential: undefined, timeout: undefined, tls: { cert: 'junk', key: 'junk' } },
        at,
      ),
    ).toThrow('not PEM')
  })
})
