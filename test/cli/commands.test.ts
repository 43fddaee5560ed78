import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { compiledOnce, root } from './process.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scim-bridge-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A file in a folder of this test, by its name. */
function file(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The command in this process, as main would run it; what reads standard input is started as a program. */
async function run(args: readonly string[], input?: string): Promise<Said> {
  if (input !== undefined) return started(args, input)
  const out: string[] = []
  const err: string[] = []
  const code = await main(args, {
    input: Readable.from([]),
    print: (text) => void out.push(`${text}\n`),
    complain: (text) => void err.push(`${text}\n`),
    env: {},
    mappings: join(root, 'mappings'),
  })
  return { code, out: out.join(''), err: err.join('') }
}

function started(args: readonly string[], input = ''): Said {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/main.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    input,
    env: { PATH: process.env['PATH'], ...compiledOnce },
  })
  return { code: status, out: stdout, err: stderr }
}

const demo = 'mappings/demo.yaml'
const patch = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', path: 'title', value: 'Chief' }],
}

describe('explain', () => {
  it('prints plan and statements, and nothing else', async () => {
    expect(await run(['explain', demo, 'GET', '/Users?filter=userName eq "mlinden"&attributes=title'])).toEqual({
      code: 0,
      err: '',
      out: `PLAN
  list User
    where     LOGIN eq folded "mlinden"
    residual  none
    page      1 to 100, cut by the backend
    show      JOB_TITLE
OPERATIONS
   1. BEGIN
   2. -- total
      SELECT count(*)
      FROM "EMP" AS "m"
      WHERE "m"."CO_NO" = ? AND ("m"."STAT" COLLATE BINARY = ?) IS NOT TRUE AND "m"."LOGIN" = ? COLLATE NOCASE
      -- ? = 1, "X", "mlinden"
   3. -- page
      SELECT "m"."EMP_NO", "m"."JOB_TITLE"
      FROM "EMP" AS "m"
      WHERE "m"."CO_NO" = ? AND ("m"."STAT" COLLATE BINARY = ?) IS NOT TRUE AND "m"."LOGIN" = ? COLLATE NOCASE
      ORDER BY "m"."EMP_NO" LIMIT ? OFFSET ?
      -- ? = 1, "X", "mlinden", 100, 0
   4. COMMIT
`,
    })
  })

  it('takes a method in any case and a path with the escapes of a URL', async () => {
    const plain = await run(['explain', demo, 'GET', '/Users?filter=userName eq "kono"'])
    expect(await run(['explain', demo, 'get', '/users?filter=userName%20eq%20%22kono%22'])).toEqual(plain)
  })

  it('writes nothing that the resource held already has, and everything when nothing is held', async () => {
    const body = file('patch.json', patch)
    const without = await run(['explain', demo, 'PATCH', '/Users/1013', '--body', body])
    expect([without.code, without.out]).toEqual([0, expect.stringContaining('set       JOB_TITLE = "Chief"')])
    const prior = file('prior.json', { userName: 'x', title: 'Chief' })
    const same = await run(['explain', demo, 'PATCH', '/Users/1013', '--body', body, '--prior', prior])
    expect([same.code, same.out]).toEqual([0, expect.stringContaining('write     nothing')])
    expect(same.out).not.toContain('UPDATE')
  })

  it('reads a body from standard input', async () => {
    const { code, out } = await run(['explain', demo, 'PATCH', '/Users/1013', '--body', '-'], JSON.stringify(patch))
    expect([code, out]).toEqual([0, expect.stringContaining('SET "JOB_TITLE" = ?')])
  })

  it('explains a search, a create and a delete', async () => {
    const search = file('search.json', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'title pr',
    })
    expect((await run(['explain', demo, 'POST', '/Users/.search', '--body', search])).out).toContain('list User')
    const user = file('user.json', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' })
    expect((await run(['explain', demo, 'POST', '/Users', '--body', user])).out).toContain('INSERT INTO "EMP"')
    expect((await run(['explain', demo, 'DELETE', '/Groups/role-12'])).out).toContain('DELETE FROM "ROLE_DEF"')
  })

  it('explains a query over every type', async () => {
    const inTurn = await run(['explain', demo, 'GET', '/?count=5&attributes=displayName'])
    expect(inTurn.out).toMatch(/^PLAN\n  list User, Group, one after the other; .*\n  list User\n[^]*\n  list Group\n/)
    expect(await run(['explain', demo, 'GET', 'https://scim.example/v2?count=5&attributes=displayName'])).toEqual(
      inTurn,
    )
    const merged = await run(['explain', demo, 'GET', '/?count=5&attributes=id&sortBy=userName'])
    expect(merged.out).toContain('  list User, Group, merged\n  order of User\n')
    expect(merged.out).toContain('  at most of Group\n')
    const search = file('search-all.json', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'meta.resourceType eq "Group"',
    })
    const one = await run(['explain', demo, 'POST', '/.search', '--body', search])
    expect(one.out).toContain('  list the only type that the filter leaves\n  list Group\n')
    expect(one.out).not.toContain('"EMP" AS "m"')
    const none = await run(['explain', demo, 'GET', '/?filter=meta.resourceType eq "X"'])
    expect(none.out).toBe('PLAN\n  list nothing: the filter excludes every type\nOPERATIONS\n')
    const unknown = await run(['explain', demo, 'GET', '/?filter=nope pr'])
    expect([unknown.code, unknown.err]).toEqual([
      1,
      expect.stringContaining('unknown attribute "nope" of User or Group'),
    ])
  })

  it('never prints a password, nor what is made of one', async () => {
    const user = file('secret.json', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'ada',
      password: 'correct horse',
    })
    const { code, out } = await run(['explain', 'mappings/conformance-sqlite.yaml', 'POST', '/Users', '--body', user])
    expect([code, out]).toEqual([0, expect.stringContaining('set       password_hash = ‹secret›')])
    expect(out).not.toMatch(/PBKDF2|correct horse/)
  })

  it('says the same twice', async () => {
    const args = ['explain', demo, 'GET', '/Users?sortBy=userName']
    expect(await run(args)).toEqual(await run(args))
  })

  it.each<readonly [string, readonly string[], number, RegExp]>([
    ['no argument', [], 2, /<mapping\.yaml> <METHOD> <path> is missing\nSee: scim-bridge explain --help$/],
    ['one too many', [demo, 'GET', '/Users', 'x'], 2, /"x" is one argument too many/],
    [
      'an unknown option',
      [demo, 'GET', '/Users', '--bdy', 'x'],
      2,
      /there is no option --bdy \(did you mean "?body"?\?\)/,
    ],
    ['a missing mapping', ['mappings/none.yaml', 'GET', '/Users'], 1, /^mappings\/none\.yaml: cannot be read$/],
    [
      'an unknown endpoint',
      [demo, 'GET', '/Persons'],
      1,
      /'\/Persons' is no endpoint of this mapping; there are \/Users, \/Groups$/,
    ],
    ['a method that there is not', [demo, 'PURGE', '/Users/1'], 1, /^PURGE \/Users\/1 is no request of RFC 7644$/],
    [
      'a method that does not go with the path',
      [demo, 'DELETE', '/Users'],
      1,
      /^DELETE \/Users is no request of RFC 7644$/,
    ],
    ['no body', [demo, 'POST', '/Users'], 1, /^this request needs a body: give --body <?FILE>?$/i],
    ['a body that is not there', [demo, 'POST', '/Users', '--body', 'none.json'], 1, /none\.json/],
    ['a mapping as body', [demo, 'POST', '/Users', '--body', demo], 1, /^mappings\/demo\.yaml is not JSON$/],
    ['a broken filter', [demo, 'GET', '/Users?filter=userName eq'], 1, /filter/i],
    ['an attribute that is not carried', [demo, 'GET', '/Users?filter=nickName eq "x"'], 1, /nickName/],
    ['a broken escape', [demo, 'GET', '/Users/%E0%A4%A'], 1, /is not properly percent-encoded$/],
    ['a path that is none', [demo, 'GET', '//'], 1, /^'\/\/' is no endpoint/],
    [
      'a profile that there is not',
      [demo, 'GET', '/Users', '--profile', 'lax'],
      1,
      /^there is no profile 'lax'; there are /,
    ],
    [
      'a prior that is no resource',
      [demo, 'GET', '/Users', '--prior', 'PRIOR'],
      1,
      /list\.json holds no resource: it must be a JSON object$/,
    ],
  ])('refuses %s', async (_, args, code, message) => {
    const prior = file('list.json', [])
    const result = await run(['explain', ...args.map((arg) => (arg === 'PRIOR' ? prior : arg))])
    expect(result).toMatchObject({ code, out: '' })
    expect(result.err.trimEnd()).toMatch(message)
    expect(result.err).not.toMatch(/^ {4}at /m)
  })
})

describe('check', () => {
  it.each(['demo', 'conformance-sqlite'])('tells of every attribute of %s how filters are answered', async (name) => {
    const { code, out, err } = await run(['check', `mappings/${name}.yaml`])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^ {2}attribute +eq +ne +co +sw +ew +pr +gt +ge +lt +le$/m)
    expect(out).toMatch(/^ {2}userName +exact/m)
    expect(out).toMatch(/^superset +the backend narrows, the bridge rechecks$/m)
    for (const row of out.split('\n').filter((one) => /^ {2}\S/.test(one) && !one.startsWith('  attribute')))
      expect(row).toMatch(/^ {2}\S+(?: +(?:exact|superset|bridge|no)){10}$/)
  })

  it.each<readonly [string, readonly (readonly [text: string, wrong: string, hint: string])[]]>([
    [
      'form',
      [
        ['onDelete:', 'onDelte:', 'did you mean "onDelete"?'],
        ['{ time: yyyyMMdd, zone: UTC }', '{ tyme: yyyyMMdd, zone: UTC }', 'did you mean "time"?'],
        ['"{name.givenName} {name.familyName}", access: readOnly', '"x", access: readonly', 'did you mean "readOnly"?'],
      ],
    ],
    [
      'meaning',
      [
        ['userName: LOGIN', 'userNam: LOGIN', 'did you mean "userName"?'],
        ['reference: User, slot: MGR_NO', 'reference: Usr, slot: MGR_NO', 'did you mean "User"?'],
        ['reverse: Group.members', 'reverse: Group.memberz', 'did you mean "Group.members"?'],
      ],
    ],
  ])('tells all problems of %s at once, each with its place and a hint', async (_, mistakes) => {
    const broken = mistakes.reduce(
      (text, [right, wrong]) => {
        expect(text).toContain(right)
        return text.replace(right, wrong)
      },
      readFileSync(join(root, demo), 'utf8'),
    )
    const { code, out, err } = await run(['check', file('broken.yaml', broken)])
    expect([code, out]).toEqual([1, ''])
    const problems = err.trimEnd().split('\n')
    for (const problem of problems) expect(problem).toMatch(/broken\.yaml:\d+:\d+: \S/)
    for (const [, wrong, hint] of mistakes) {
      const line = broken.split('\n').findIndex((one) => one.includes(wrong)) + 1
      const told = problems.find((one) => one.includes(`broken.yaml:${line}:`))
      expect([wrong, told]).toEqual([wrong, expect.stringContaining(hint)])
    }
  })

  it('refuses text that is no YAML, with its place', async () => {
    const { code, err } = await run(['check', file('torn.yaml', 'version: 1\nbackend: { kind: sql\n')])
    expect([code, err]).toEqual([1, expect.stringMatching(/torn\.yaml:\d+:\d+: /)])
  })

  it('refuses no mapping, and one that is not there', async () => {
    expect(await run(['check'])).toMatchObject({ code: 2, err: expect.stringContaining('<mapping.yaml> is missing') })
    expect(await run(['check', 'none.yaml'])).toMatchObject({ code: 1, err: 'none.yaml: cannot be read\n' })
  })
})

describe('scim-bridge', () => {
  it('shows its commands, on request or when none is named', async () => {
    for (const [args, code] of [
      [['--help'], 0],
      [[], 2],
      [['toString'], 2],
    ] as const) {
      const { code: got, out, err } = await run(args)
      expect([args, got]).toEqual([args, code])
      expect(code === 0 ? out : err).toContain('usage: scim-bridge <command>')
    }
  })
})

describe('a type that another service serves', () => {
  const mapping = `version: 1
backend: { kind: memory }
resources:
  User: { attributes: { userName: login } }
  Device: { upstream: { url: "https://scim.example.com/v2/Devices", user: u, password: "\${PASSWORD:-}" } }
`
  it('is passed over by check and explain, with a word', async () => {
    const path = file('devices.yaml', mapping.replace(', user: u, password: "${PASSWORD:-}"', ''))
    const checked = await run(['check', path])
    expect(checked).toMatchObject({ code: 0, err: '' })
    expect(checked.out).toContain('Device  (/Devices)\n  passed through to https://scim.example.com/v2/Devices, which')
    for (const typed of ['/Devices/1?x=y', 'https://x.example/hr/scim/v2/devices/1?x=y']) {
      const { code, out } = await run(['explain', path, 'get', typed])
      expect(code).toBe(0)
      expect(out).toMatch(/^Device is served by another SCIM service; .*not|nothing/)
      expect(out).toContain('\nGET https://scim.example.com/v2/Devices/1?x=y\nwithout a credential\n')
    }
  })

  it('is checked for its certificates before a port opens', async () => {
    const path = file('tls.yaml', mapping.replace(', user: u, password: "${PASSWORD:-}"', ', tls: { ca: nowhere.pem }'))
    const { code, err } = await run(['check', path])
    expect([code, err]).toEqual([1, 'tls.ca of https://scim.example.com/v2/Devices: the file cannot be read\n'])
  })
})
