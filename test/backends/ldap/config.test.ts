import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ldapConfig } from '../../../src/backends/ldap/config.ts'
import { makeCertificates } from '../../servers/certificates.ts'

const bind = { dn: 'cn=bridge,dc=example', password: 's3cret' }
const read = (section: Record<string, unknown>, folder = '/'): ReturnType<typeof ldapConfig> =>
  ldapConfig({ kind: 'ldap', ...section }, folder)

describe('the section of a directory', () => {
  const tcp = (host: string, port: number) => ({ kind: 'tcp', host, port })
  it.each([
    ['ldap://a.example', tcp('a.example', 389), 'none', false],
    ['ldap://a.example:1389/', tcp('a.example', 1389), 'none', false],
    ['ldaps://a.example', tcp('a.example', 636), 'ldaps', true],
    ['LDAPS://a.example:1636', tcp('a.example', 1636), 'ldaps', true],
    ['ldap://localhost', tcp('localhost', 389), 'none', true],
    ['ldap://127.0.0.9:10', tcp('127.0.0.9', 10), 'none', true],
    ['ldap://[::1]', tcp('::1', 389), 'none', true],
    ['ldaps://[2001:db8::1]:1', tcp('2001:db8::1', 1), 'ldaps', true],
    ['ldap://127.0.0.1.example', tcp('127.0.0.1.example', 389), 'none', false],
    ['ldapi://%2Frun%2Fslapd%2Fldapi', { kind: 'socket', path: '/run/slapd/ldapi' }, 'none', true],
  ])('takes %s', (url, at, encryption, isProtected) => {
    expect(read({ url }).servers).toMatchObject([{ at, encryption, isProtected }])
  })

  it('takes several servers from one text, a list, and texts in a list, in order and once each', () => {
    const hosts = (section: Record<string, unknown>): readonly string[] => read(section).servers.map(({ url }) => url)
    const both = ['ldaps://a.example:636', 'ldaps://b.example:636']
    expect(hosts({ url: ' ldaps://a.example, ldaps://b.example ' })).toEqual(both)
    expect(hosts({ urls: 'ldaps://a.example\tldaps://b.example' })).toEqual(both)
    expect(hosts({ urls: ['ldaps://a.example', 'ldaps://b.example', 'ldaps://a.example'] })).toEqual(both)
    expect(hosts({ urls: ['ldaps://a.example,ldaps://b.example', ''] })).toEqual(both)
  })

  it('has its defaults', () => {
    expect(read({ url: 'ldap://a.example' })).toMatchObject({
      bind: { kind: 'anonymous' },
      pool: { connections: 2, inFlight: 64, queue: 1_000, wait: 10_000, walks: 4 },
      timeouts: { connect: 5_000, operation: 15_000, walk: 120_000 },
      settle: 30_000,
      lists: { keep: 30_000 },
      readOnly: false,
    })
  })

  it('takes an empty text for nothing, and leaves the words of the bridge to it', () => {
    const section = { url: 'ldap://a.example', prefix: 'x_', tenant: { org: 1 }, readOnly: true }
    const config = read({ ...section, bind: { dn: '', password: '' }, tls: { ca: '', servername: '' } })
    expect(config).toMatchObject({ bind: { kind: 'anonymous' }, readOnly: true, tls: { ca: undefined } })
  })

  it.each<[word: string, section: Record<string, unknown>, detail: RegExp]>([
    ['no server', { urls: [' ', ''] }, /backend\.urls names no server/],
    ['nothing', {}, /backend\.urls names no server/],
    ['both words', { url: 'ldap://a', urls: ['ldap://b'] }, /backend\.url and backend\.urls/],
    ['http', { url: 'http://a.example' }, /backend\.urls: a server is written/],
    ['no URL', { url: 'a.example:389' }, /backend\.urls: a server is written/],
    ['no host', { url: 'ldap://' }, /names no host/],
    ['no socket', { url: 'ldapi:///' }, /names no socket/],
    ['a socket that is not encoded', { url: 'ldapi:///run/slapd/ldapi' }, /takes no base/],
    ['a socket that is encoded badly', { url: 'ldapi://%zz' }, /percent-encoded|is written/],
    ['a base', { url: 'ldap://a.example/dc=example' }, /takes no base/],
    ['a filter', { url: 'ldap://a.example/?uid?sub' }, /takes no base/],
    ['a user', { url: 'ldap://me:s3cret@a.example' }, /takes no user/],
    ['a password in clear', { url: 'ldap://a.example', bind }, /in clear to ldap:\/\/a\.example:389/],
    ['a password in clear to the second', { urls: ['ldap://127.0.0.1', 'ldap://a.example'], bind }, /in clear/],
    ['a dn without a password', { url: 'ldaps://a', bind: { dn: 'cn=x', password: '' } }, /password is empty/],
    ['a password without a dn', { url: 'ldaps://a', bind: { dn: '', password: 's3cret' } }, /no dn/],
    ['another mechanism', { url: 'ldaps://a', bind: { sasl: 'gssapi', password: 's3cret' } }, /backend\.bind/],
    ['external in clear', { url: 'ldap://127.0.0.1', bind: { sasl: 'external' } }, /external needs/],
    ['external without a certificate', { url: 'ldaps://a', bind: { sasl: 'external' } }, /external needs/],
    ['off with startTls', { url: 'ldap://a', startTls: true, tls: 'off' }, /contradict/],
    ['off with ldaps', { urls: 'ldaps://a', tls: 'off' }, /contradicts ldaps/],
    ['a name that nobody verifies', { url: 'ldap://a', tls: { servername: 'b' } }, /nothing is encrypted/],
    ['a file that is not there', { url: 'ldaps://a', tls: { ca: 'nowhere.pem' } }, /backend\.tls\.ca/],
    ['a count that is none', { url: 'ldaps://a', pool: { connections: 0 } }, /backend\.pool\.connections/],
    ['a word that is none', { url: 'ldaps://a', timeouts: { bind: 1 } }, /backend\.timeouts/],
  ])('refuses %s, by its word and without the password', (_, section, detail) => {
    const refused = { reason: 'invalidMapping', detail: expect.stringMatching(detail) }
    const error = (() => {
      try {
        return read(section)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toMatchObject(refused)
    expect(String(error)).not.toContain('s3cret')
  })

  it.each([
    ['to this machine', { url: 'ldap://127.0.0.1', bind }],
    ['when it is accepted', { url: 'ldap://a.example', bind, tls: 'off' }],
    ['after StartTLS', { url: 'ldap://a.example', bind, startTls: true }],
    ['over a socket', { url: 'ldapi://%2Fs', bind }],
  ])('lets a password go %s', (_, section) => {
    expect(read(section).bind).toEqual({ kind: 'simple', ...bind })
  })

  it('does not call a password protected because it was accepted in clear', () => {
    expect(read({ url: 'ldap://a.example', bind, tls: 'off' }).servers[0]?.isProtected).toBe(false)
    expect(read({ url: 'ldap://a.example', bind, startTls: true }).servers[0]?.isProtected).toBe(true)
  })

  describe('with files', () => {
    let folder: string
    beforeAll(async () => {
      folder = mkdtempSync('/tmp/scim-bridge-ldap-config-')
      await makeCertificates(folder, {})
      writeFileSync(join(folder, 'noise.pem'), 'not a certificate')
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    it('reads them beside the mapping', () => {
      const tls = { ca: 'tls/ca.crt', cert: 'tls/right.crt', key: 'tls/right.key', servername: 'a.example' }
      const config = read({ url: 'ldaps://10.0.0.1', tls, bind: { sasl: 'external' } }, folder)
      expect(config.tls).toMatchObject({ ca: expect.stringMatching(/^-----BEGIN CERT/), servername: 'a.example' })
      expect(config.bind).toEqual({ kind: 'external' })
    })

    it.each([
      [{ cert: 'tls/right.crt' }, /cert and key belong together/],
      [{ cert: 'tls/right.crt', key: 'tls/ca.key' }, /do not fit together/],
      [{ cert: 'noise.pem', key: 'tls/right.key' }, /not PEM/],
    ])('refuses %j', (tls, detail) => {
      expect(() => read({ url: 'ldaps://a', tls }, folder)).toThrow(detail)
    })
  })
})
