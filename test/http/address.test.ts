import { afterEach, describe, expect, it } from 'vitest'
import type { AppOptions } from '../../src/http/app.ts'
import type { Stand } from './stand.ts'
import { rawRequest, stand, token } from './stand.ts'

let at: Stand | undefined
afterEach(() => at?.stop())

async function baseUrl(address: AppOptions['address'], headers: readonly string[]): Promise<string> {
  at = await stand({ address })
  const answer = await at.raw(
    ['GET /scim/v2/Schemas HTTP/1.1', `Authorization: Bearer ${token}`, 'Connection: close', ...headers, '', ''].join(
      '\r\n',
    ),
  )
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
  return /^HTTP\/1\.1 200/.test(answer) ? (JSON.parse(body) as { at: string }).at : answer.slice(9, 12)
}

const open = { publicUrl: undefined, trustedProxies: [] }
const forwarded = ['X-Forwarded-Proto: https', 'X-Forwarded-Host: evil.example, scim.example.com']

describe('the public address', () => {
  it.each<[string, AppOptions['address'], readonly string[], string]>([
    ['is the Host header', open, ['Host: scim.local:8080'], 'http://scim.local:8080/scim/v2'],
    ['is an IPv6 Host header', open, ['Host: [::1]:8080'], 'http://[::1]:8080/scim/v2'],
    ['ignores forwarding by strangers', open, ['Host: a.example', ...forwarded], 'http://a.example/scim/v2'],
    [
      'believes a trusted proxy in what it has written itself',
      { publicUrl: undefined, trustedProxies: ['127.0.0.0/8'] },
      ['Host: inner', ...forwarded],
      'https://scim.example.com/scim/v2',
    ],
    [
      'ignores forwarding when the proxy is another',
      { publicUrl: undefined, trustedProxies: ['10.0.0.0/8', '::1'] },
      ['Host: inner', ...forwarded],
      'http://inner/scim/v2',
    ],
    [
      'is what was configured, whatever the headers say',
      { publicUrl: 'https://scim.example.com/a/b/', trustedProxies: ['127.0.0.1'] },
      ['Host: inner', ...forwarded],
      'https://scim.example.com/a/b/scim/v2',
    ],
    ['needs a Host header', open, [], '400'],
    ['needs one Host header', open, ['Host: a', 'Host: b'], '400'],
    ['needs a Host header that is a host', open, ['Host: a"b'], '400'],
    ['needs a Host header without a path', open, ['Host: a/b'], '400'],
    ['needs a Host header without credentials', open, ['Host: a@b'], '400'],
    [
      'needs a forwarded host that is one',
      { publicUrl: undefined, trustedProxies: ['127.0.0.1'] },
      ['Host: inner', 'X-Forwarded-Host: <script>'],
      '400',
    ],
  ])('%s', async (_, address, headers, expected) => {
    expect(await baseUrl(address, headers)).toBe(expected)
  })

  it('is its own for HTTP/1.0 without Host', async () => {
    at = await stand()
    const answer = await at.raw(`GET /scim/v2/Schemas HTTP/1.0\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    expect(answer).toContain(`"at":"${at.url}/scim/v2"`)
  })

  it('is not moved by an absolute request target', async () => {
    at = await stand()
    const answer = await at.raw(rawRequest('GET http://evil.example/scim/v2/Schemas'))
    expect(answer).toContain('"at":"http://localhost/scim/v2"')
  })
})
