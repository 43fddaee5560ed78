import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import { readConfig } from '../../src/config.ts'
import type { Flags } from '../../src/config.ts'
import { isLoopback } from '../../src/base/loopback.ts'
import { digestOf } from '../../src/http/auth.ts'

const secret = 'sixteen-or-more-characters'
const env = { SCIM_BRIDGE_TOKEN: secret }
const digest = digestOf('another-token').toString('hex')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function file(text: string): string {
  const path = join(folder, `bridge${files++}.yaml`)
  writeFileSync(path, text)
  return path
}

/** The problems of a file, without its path. */
function problems(text: string | undefined, flags: Flags = {}, environment: Record<string, string> = env): string[] {
  const path = text === undefined ? undefined : file(text)
  try {
    readConfig(path, flags, environment)
  } catch (error) {
    expect(error).toBeInstanceOf(BridgeError)
    expect(error).toMatchObject({ reason: 'invalidConfiguration' })
    return (error as BridgeError).detail.split('\n').map((line) => (path ? line.replace(`${path}:`, '') : line))
  }
  return []
}

const one = 'applications: { hr: hr.yaml }\n'

describe('readConfig', () => {
  it('needs a mapping file and a token, and nothing else', () => {
    const config = readConfig(undefined, { mappings: ['mappings/hr system.yaml'] }, env)
    expect(config).toEqual({
      listen: { host: '127.0.0.1', port: 8080, publicUrl: undefined, trustedProxies: [], insecureHttp: false },
      tokens: [{ name: 'environment', sha256: digestOf(secret).toString('hex') }],
      allowAnonymous: false,
      applications: [
        {
          kind: 'mapping',
          name: 'hr-system',
          mapping: resolve('mappings/hr system.yaml'),
          profile: undefined,
          path: '/scim',
        },
      ],
      limits: {
        page: 100,
        maxResults: 1000,
        scanLimit: 10_000,
        operations: 1000,
        kept: 100_000,
        bulkOperations: 1000,
        bulkPayload: 5_242_880,
        body: 1_048_576,
        uri: 16_384,
        headers: 16_384,
        depth: 32,
      },
      timeouts: { request: 10_000, bulk: 60_000, headers: 10_000, keepAlive: 65_000, drain: 10_000, retryAfter: 5 },
      cursors: { secret: undefined, timeout: 3_600_000 },
      log: { level: 'info' },
      sensitiveFilters: [],
      passThrough: [],
      folder: resolve('.'),
      sideStore: resolve('data/side.db'),
    })
  })

  it('is frozen through and through', () => {
    const { listen, tokens, applications, limits } = readConfig(undefined, { mappings: ['a.yaml'] }, env)
    for (const part of [listen, tokens, tokens[0], applications, applications[0], limits]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('never holds the token itself', () => {
    expect(JSON.stringify(readConfig(undefined, { mappings: ['a.yaml'] }, env))).not.toContain(secret)
  })

  it('reads a whole file, paths relative to it', () => {
    const path = file(`
listen: { host: 0.0.0.0, port: 0, publicUrl: "https://scim.example.com/x/", trustedProxies: [10.0.0.0/8], insecureHttp: true }
tokens:
  - { name: entra, sha256: ${digest.toUpperCase()}, applications: [hr], readOnly: true, userName: ada }
applications:
  hr: maps/hr.yaml
  crm: { mapping: /etc/crm.yaml, profile: strict, path: /crm }
limits: { page: 7, body: 2 MiB }
timeouts: { request: 2min, retryAfter: 1500ms }
log: { level: debug }
sideStore: side.db
`)
    const config = readConfig(path, {}, {})
    expect(config.listen).toEqual({
      host: '0.0.0.0',
      port: 0,
      publicUrl: 'https://scim.example.com/x',
      trustedProxies: ['10.0.0.0/8'],
      insecureHttp: true,
    })
    expect(config.tokens).toEqual([
      { name: 'entra', sha256: digest, applications: ['hr'], readOnly: true, userName: 'ada' },
    ])
    expect(config.applications).toEqual([
      { kind: 'mapping', name: 'hr', mapping: join(folder, 'maps/hr.yaml'), profile: undefined, path: '/hr/scim' },
      { kind: 'mapping', name: 'crm', mapping: '/etc/crm.yaml', profile: 'strict', path: '/crm' },
    ])
    expect(config.limits).toMatchObject({ page: 7, maxResults: 1000, body: 2 * 1024 * 1024 })
    expect(config.timeouts).toMatchObject({ request: 120_000, retryAfter: 2 })
    expect([config.log.level, config.sideStore]).toEqual(['debug', join(folder, 'side.db')])
  })

  it('reads what stands behind the bridge', () => {
    const path = file(`${'tokens'}: [{ name: a, sha256: ${digest}, passThrough: [api] }]
applications:
  crm: { upstream: { url: "https://crm.example/scim/v2/", knownAs: "https://other.example/", token: "\${T}", timeout: 3s, tls: { ca: ca.pem } } }
passThrough:
  api: { url: "http://127.0.0.1:9/x", user: "ä", password: "\${T}", body: 2 MiB }
`)
    const config = readConfig(path, {}, { T: 'se cret'.replace(' ', '') })
    expect(config.applications).toEqual([
      {
        kind: 'upstream',
        name: 'crm',
        path: '/scim',
        upstream: {
          url: 'https://crm.example/scim/v2',
          knownAs: ['https://other.example'],
          credential: { name: 'authorization', value: 'Bearer secret' },
          timeout: 3000,
          tls: { ca: 'ca.pem' },
        },
      },
    ])
    expect(config.passThrough).toEqual([
      {
        name: 'api',
        path: '/api',
        upstream: {
          url: 'http://127.0.0.1:9/x',
          knownAs: [],
          credential: { name: 'authorization', value: `Basic ${Buffer.from('ä:secret').toString('base64')}` },
          timeout: undefined,
          tls: {},
        },
        body: 2 * 1024 * 1024,
      },
    ])
    expect(config.folder).toBe(folder)
  })

  it('reads the example of docs/upstream.md', () => {
    const page = readFileSync(new URL('../../docs/upstream.md', import.meta.url), 'utf8')
    const [, example = ''] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? []
    // the files of the example are an operator's
    const path = file(example.replace(/\$\{file:[^}]*?(\w+)(?:\.sha256)?\}/g, (_, name: string) => `\${${name}}`))
    const env = { idp: digest, reports: 'e'.repeat(64), crm: 'abc', REPORTS_PASSWORD: 'def' }
    const { applications, passThrough, tokens } = readConfig(path, {}, env)
    expect(applications.map(({ kind }) => kind)).toEqual(['mapping', 'upstream'])
    expect(passThrough.map((one) => one.path)).toEqual(['/reports'])
    expect(tokens[1]).toMatchObject({ readOnly: true, passThrough: ['reporting'] })
  })

  it('takes values from the environment where the file asks for them', () => {
    const path = file(`${one}tokens: [{ name: a, sha256: "\${DIGEST}" }]\nlisten:\n  port: \${PORT:-9000}\n`)
    const config = readConfig(path, {}, { DIGEST: digest })
    expect([config.tokens[0]?.sha256, config.listen.port]).toEqual([digest, 9000])
  })

  it('lets flags go before the file', () => {
    const path = file(`${one}listen: { host: 127.0.0.1, port: 1 }\nlog: { level: warn }\n`)
    const config = readConfig(path, { port: '2', logLevel: 'error', profile: 'strict', sideStore: 's.db' }, env)
    expect([config.listen.port, config.log.level, config.sideStore]).toEqual([2, 'error', resolve('s.db')])
    expect(config.applications[0]).toMatchObject({ profile: 'strict' })
    const other = readConfig(path, { mappings: ['x/a.yaml', 'x/b.json'] }, env)
    expect(other.applications.map(({ name, path: at }) => [name, at])).toEqual([
      ['a', '/a/scim'],
      ['b', '/b/scim'],
    ])
  })

  it('takes an empty variable for no variable, and an empty file for no settings', () => {
    expect(problems('', { mappings: ['a.yaml'] })).toEqual([])
    expect(problems('# nothing\n', { mappings: ['a.yaml'] }, { SCIM_BRIDGE_TOKEN: '' })).toEqual([
      expect.stringContaining('no token is configured'),
    ])
  })
})

describe('problems', () => {
  it('come all at once, with line, column and hint', () => {
    expect(
      problems(
        `listen:
  hosst: x
  port: 99999
tokens:
  - { name: a, sha256: zz }
limits: { body: 10, page: 0 }
applications:
  hr: { maping: x }
  "b d": x
timeouts: { request: 10 }
colour: red
`,
        { logLevel: 'loud' },
        { SCIM_BRIDGE_TOKEN: 'short' },
      ),
    ).toEqual([
      'SCIM_BRIDGE_TOKEN: must have at least 16 characters',
      '--log-level: log.level: expected one of "error"|"warn"|"info"|"debug"',
      '2:3: there is no setting listen.hosst (did you mean "host"?)',
      expect.stringMatching(/^3:3: listen\.port: /),
      '5:16: tokens.0.sha256: must be the SHA-256 of the token in 64 hexadecimal digits',
      '6:11: limits.body: must be a size with its unit, such as 512 KiB or 1 MiB',
      expect.stringMatching(/^6:21: limits\.page: /),
      '8:3: applications.hr.mapping is missing',
      '8:9: there is no setting applications.hr.maping (did you mean "mapping"?)',
      '9:3: applications.b d: a name must be letters, digits, "-" and "_", at most 64',
      '10:13: timeouts.request: must be a time with its unit, such as 500ms, 10s or 2min',
      '11:1: there is no setting colour',
    ])
  })

  it.each<[string, string | undefined, Flags, Record<string, string>, string]>([
    ['no token', one, {}, {}, 'no token is configured'],
    ['a short token', one, {}, { SCIM_BRIDGE_TOKEN: 'fifteen-letters' }, 'at least 16 characters'],
    ['a token with a blank', one, {}, { SCIM_BRIDGE_TOKEN: 'sixteen letters and more' }, 'without blanks'],
    [
      'anonymous off loopback',
      one,
      { allowAnonymous: true, host: '10.0.0.1', insecureHttp: true },
      {},
      'loopback only',
    ],
    ['plain HTTP off loopback', one, { host: '0.0.0.0' }, env, '--host: listen.host 0.0.0.0 is not loopback'],
    ['plain HTTP on all of IPv6', one, { host: '::' }, env, 'not loopback'],
    ['no application', undefined, {}, env, 'no application is configured'],
    ['the same file name twice', undefined, { mappings: ['a/x.yaml', 'b/x.yaml'] }, env, 'two mapping files'],
    ['a port that is no number', one, { port: '80x' }, env, '--port: listen.port: expected number'],
    ['a public URL of another kind', one, { publicUrl: 'ftp://x.example' }, env, 'http or https URL'],
    ['a public URL with a query', one, { publicUrl: 'https://x.example/?a' }, env, 'without query'],
    ['a public URL with a password', one, { publicUrl: 'https://a:b@x.example/' }, env, 'without query'],
    ['a proxy that is no network', `${one}listen: { trustedProxies: [proxy] }`, {}, env, 'address or a network'],
    ['a path with dots', 'applications: { hr: { mapping: x, path: /a/../b } }', {}, env, 'must not have . or ..'],
    [
      'overlapping paths',
      'applications: { a: { mapping: x, path: /x }, b: { mapping: y, path: /X/y } }',
      {},
      env,
      'overlaps',
    ],
    ['the version as a path', 'applications: { a: { mapping: x, path: /scim/v2 } }', {}, env, 'must not end in /v2'],
    [
      'a token for nowhere',
      `${one}tokens: [{ name: a, sha256: ${digest}, applications: [crm] }]`,
      {},
      {},
      'no application crm',
    ],
    [
      'a token name twice',
      `${one}tokens: [{ name: a, sha256: ${digest} }, { name: a, sha256: ${'f'.repeat(64)} }]`,
      {},
      {},
      'token name a is there twice',
    ],
    [
      'a digest twice',
      `${one}tokens: [{ name: a, sha256: ${digest} }, { name: b, sha256: ${digest} }]`,
      {},
      {},
      'same as',
    ],
    [
      'an upstream in the clear',
      'applications: { a: { upstream: { url: "http://x.example/scim" } } }',
      {},
      env,
      'would be reached in the clear',
    ],
    [
      'a secret in the file',
      'applications: { a: { upstream: { url: "https://x.example", token: abc } } }',
      {},
      env,
      'token holds a secret',
    ],
    [
      'a secret in the file for a path',
      `${one}passThrough: { p: { url: "https://x.example", header: { name: X-Key, secret: abc } } }`,
      {},
      env,
      'secret holds a secret',
    ],
    [
      'two credentials',
      'applications: { a: { upstream: { url: "https://x.example", token: "${T}", header: { name: X-Key, secret: "${T}" } } } }',
      {},
      { ...env, T: 'abc' },
      'more than one credential',
    ],
    [
      'a user without a password',
      'applications: { a: { upstream: { url: "https://x.example", user: a } } }',
      {},
      env,
      'user and password belong together',
    ],
    [
      'a field that the bridge says itself',
      'applications: { a: { upstream: { url: "https://x.example", header: { name: Content-Type, secret: "${T}" } } } }',
      {},
      { ...env, T: 'abc' },
      'is said by the bridge itself',
    ],
    [
      'a credential with a line break',
      'applications: { a: { upstream: { url: "https://x.example", token: "${T}" } } }',
      {},
      { ...env, T: 'abc\nX: y' },
      'token must be visible ASCII',
    ],
    [
      'an upstream beside a mapping',
      'applications: { a: { mapping: x, upstream: { url: "https://x.example" } } }',
      {},
      env,
      'there is no setting applications.a.mapping',
    ],
    [
      'an unknown word of an upstream',
      'applications: { a: { upstream: { url: "https://x.example", tokn: x } } }',
      {},
      env,
      'did you mean "token"',
    ],
    [
      'a path that overlaps with an application',
      'applications: { a: { mapping: x, path: /x } }\npassThrough: { p: { path: /x/y, url: "https://x.example" } }',
      {},
      env,
      'overlaps',
    ],
    [
      'a token for no path',
      `${one}tokens: [{ name: a, sha256: ${digest}, passThrough: [p] }]`,
      {},
      {},
      'no pass-through path p',
    ],
    ['an unset variable', `${one}log: { level: "\${NOPE}" }`, {}, env, 'NOPE is not set'],
    ['broken YAML', 'listen: [', {}, env, ':'],
    ['a list instead of settings', '- a', {}, env, '1:1: the file must be an object'],
    ['a key of the prototype', `${one}__proto__: { a: 1 }`, {}, env, 'cannot be used'],
    ['a section that is a word', `${one}listen: here`, {}, env, 'listen: expected object'],
  ])('%s', (_, text, flags, environment, says) => {
    expect(problems(text, flags, environment).join('\n')).toContain(says)
  })

  it('never show a token', () => {
    const all = problems(undefined, {}, { SCIM_BRIDGE_TOKEN: 'short-secret' }).join('\n')
    expect(all).not.toContain('short-secret')
  })

  it('takes the secret of cursors from a file or the environment, and shows none that is too short', () => {
    const path = join(folder, 'cursors')
    writeFileSync(path, `${'f'.repeat(32)}\n`)
    const read = (text: string, more: Record<string, string> = {}): unknown =>
      readConfig(file(`${one}cursors: { ${text} }\n`), {}, { ...env, ...more }).cursors
    expect(read(`secret: "\${file:${path}}", timeout: 5min`)).toEqual({ secret: 'f'.repeat(32), timeout: 300_000 })
    expect(read('secret: "${CURSORS}"', { CURSORS: 'e'.repeat(40) })).toEqual({
      secret: 'e'.repeat(40),
      timeout: 3_600_000,
    })
    expect(problems(`${one}cursors: { secret: too-short-a-secret, timeout: 20ms }`)).toEqual([
      expect.stringMatching(/cursors\.secret: must have at least 32 characters/),
      expect.stringMatching(/cursors\.timeout: must be at least 1s/),
    ])
    expect(problems(`${one}cursors: { secret: too-short-a-secret }`).join()).not.toContain('too-short')
  })

  it('tell a file that is not there', () => {
    expect(() => readConfig(join(folder, 'none.yaml'), {}, env)).toThrow('cannot be read')
  })

  it('allow what was said on purpose', () => {
    expect(problems(one, { host: '0.0.0.0', insecureHttp: true })).toEqual([])
    expect(problems(one, { allowAnonymous: true }, {})).toEqual([])
    expect(problems(one, { allowAnonymous: true, host: '::1' }, {})).toEqual([])
  })
})

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1'])('%s is', (host) => expect(isLoopback(host)).toBe(true))
  it.each(['0.0.0.0', '::', '10.0.0.1', '127.example.com', 'localhost.example.com', ''])('%j is not', (host) =>
    expect(isLoopback(host)).toBe(false),
  )
})
