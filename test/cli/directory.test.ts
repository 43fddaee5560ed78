import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { environment, idOf, seedOf } from '../golden/ldap-people.ts'
import { goldenDirectory } from '../live/ldap/golden-stand.ts'
import type { GoldenDirectory } from '../live/ldap/golden-stand.ts'
import { describeServer } from '../servers/with-server.ts'
import { mappings } from './process.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scim-bridge-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const mapping = join(mappings, 'openldap.yaml')
const nowhere = environment('dc=example,dc=com', 'memberOf')

async function run(args: readonly string[], env: Readonly<Record<string, string>> = nowhere) {
  const out: string[] = []
  const err: string[] = []
  const code = await main(args, {
    input: Readable.from([]),
    print: (text) => void out.push(`${text}\n`),
    complain: (text) => void err.push(`${text}\n`),
    env,
    mappings,
  })
  return { code, out: out.join(''), err: err.join('') }
}

function body(content: object): readonly string[] {
  const path = join(folder, 'body.json')
  writeFileSync(path, JSON.stringify(content))
  return ['--body', path]
}

const patch = (...Operations: readonly object[]): readonly string[] =>
  body({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })

const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const jonah = `/Users/${idOf('j.pell')}`

describe('explain, of a directory', () => {
  it('prints searches with their values in place', async () => {
    const path = '/Users?filter=userName eq "Bob*" and title sw "(x"&attributes=userName'
    expect(await run(['explain', mapping, 'GET', path])).toEqual({
      code: 0,
      err: '',
      out: `PLAN
  list User
    where     (uid eq folded "bob*" and title sw folded "(x")
    residual  none
    page      1 to 100, cut by the backend
    show      uid
OPERATIONS
   1. -- unless there are more than 100
      SEARCH ou=people,dc=example,dc=com one (&(objectClass=inetOrgPerson)(uid=bob\\2a)(title=\\28x*))
        RETURN entryUUID uid
        AT MOST 100
`,
    })
  })

  it.each([
    ['*()\\', '(uid=\\2a\\28\\29\\5c)'],
    ['nul\u0000', '(uid=nul\\00)'],
    ['jürgen ß', '(uid=jürgen ß)'],
    ['a)(b', '(uid=a\\29\\28b)'],
    ['what?', '(uid=what?)'],
  ])('escapes %j in a filter', async (value, filter) => {
    const { out } = await run(['explain', mapping, 'GET', `/Users?filter=userName eq ${JSON.stringify(value)}`])
    expect(out).toContain(`(&(objectClass=inetOrgPerson)${filter})`)
  })

  it('prints what is written, by attribute, and no password', async () => {
    const said = await run([
      ...['explain', mapping, 'POST', '/Users'],
      ...body({ schemas: [user], userName: 'a, b', title: 'x "y"', password: 'correct horse' }),
    ])
    expect(said.out).toContain(`
   2. ADD uid=a\\2c b,ou=people,dc=example,dc=com
        objectClass: "inetOrgPerson"
        uid: "a, b"
        sn: "a, b"
        cn: "a, b"
        title: "x \\"y\\""
        RETURN entryUUID uid`)
    expect(said.out).toContain('PASSWORD uid=a\\2c b,ou=people,dc=example,dc=com TO ‹secret›')
    expect(said.out).not.toContain('correct horse')
  })

  it('takes for held what it is told', async () => {
    const prior = join(folder, 'prior.json')
    writeFileSync(prior, JSON.stringify({ userName: 'j.pell', title: 'Watch' }))
    const title = (to: string) => [
      ...['explain', mapping, 'PATCH', jonah, '--prior', prior],
      ...patch({ op: 'replace', path: 'title', value: to }),
    ]
    expect((await run(title('Watch'))).out).not.toContain('MODIFY')
    expect((await run(title('Head'))).out).toContain(`
   2. MODIFY ‹DN of ${idOf('j.pell')}›
        delete title: "Watch"
        add title: "Head"
        IF (entryUUID=${idOf('j.pell')})
        RETURN entryUUID uid`)
  })

  it('asks the side store for nothing while none is open', async () => {
    const { out } = await run(['explain', mapping, 'GET', '/Users?filter=externalId eq "x"&attributes=userName'])
    expect(out).toContain('(entryUUID=ID-FROM-SIDE-STORE)')
  })

  it('breaks a long filter between its parts', async () => {
    const many = Array.from({ length: 8 }, (_, i) => `userName eq "somebody-${i}"`).join(' or ')
    const { out } = await run(['explain', mapping, 'GET', `/Users?filter=${many}&attributes=id`])
    expect(out.split('\n').every((line) => line.length <= 130)).toBe(true)
    expect(out.replaceAll(/\n +\(/g, '(')).toContain('(|(uid=somebody-0)(uid=somebody-1)')
  })
})

describe('check, of a directory', () => {
  it('prints how a filter on each attribute is answered', async () => {
    const { code, out, err } = await run(['check', mapping])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const row = (name: string): readonly string[] =>
      (out.split('\n').find((line) => line.trim().startsWith(`${name} `)) ?? '').trim().split(/ +/).slice(1)
    //                                eq       ne       co        sw        ew        pr       gt        ge        lt        le
    expect(row('userName')).toEqual([
      ...['exact', 'exact', 'exact', 'exact', 'exact', 'exact', 'bridge', 'bridge', 'superset', 'superset'],
    ])
    expect(row('meta.created')).toEqual([
      ...['exact', 'exact', 'bridge', 'bridge', 'bridge', 'exact', 'exact', 'exact', 'exact', 'exact'],
    ])
    expect(row('members.value').slice(0, 2)).toEqual(['exact', 'exact'])
    expect(row('password')).toEqual(Array.from({ length: 10 }, () => 'no'))
  })

  it('reports what the backend cannot have', async () => {
    const { code, err } = await run(['check', mapping], { ...nowhere, LDAP_URL: 'http://x' })
    expect(code).toBe(1)
    expect(err).toMatch(/openldap\.yaml: backend/)
  })
})

await describeServer('openldap', 'explain, over a directory', (server) => {
  let golden: GoldenDirectory
  let env: Readonly<Record<string, string>>
  beforeAll(async () => {
    golden = await goldenDirectory(server, 'openldap', true)
    const { suffix, url, account } = golden.directory
    env = {
      ...environment(suffix, 'memberOf'),
      ...{ LDAP_URL: url, LDAP_BIND_DN: account.dn, LDAP_BIND_PASSWORD: account.password },
    }
  }, 60_000)

  const side = (): readonly string[] => ['--side-store', join(folder, 'side.db')]

  it('--live tells what is told without, and writes nothing', async () => {
    const request = ['explain', mapping, 'PATCH', jonah, ...patch({ op: 'replace', path: 'title', value: 'Head' })]
    const live = await run([...request, '--live', ...side()], env)
    expect(live).toEqual(await run(request, env))
    expect(live.out).toContain('MODIFY')
    expect((await golden.watch.take()).filter(({ kind }) => kind !== 'search' && kind !== 'bind')).toEqual([])
  })

  it('--dry-run tells what would be written to what is held, and writes nothing', async () => {
    const { out } = await run(
      [
        ...['explain', mapping, 'PATCH', jonah, '--dry-run', ...side()],
        ...patch({ op: 'replace', path: 'title', value: 'Head' }),
      ],
      env,
    )
    expect(out).toContain(`
   1. MODIFY uid=j.pell,ou=people,${golden.directory.suffix}
        delete title: "Night assistant"
        add title: "Head"
        IF (entryUUID=${idOf('j.pell')})
`)
    const log = await golden.watch.take()
    expect(log.filter(({ kind }) => kind !== 'search' && kind !== 'bind')).toEqual([])
    expect(seedOf('openldap', golden.directory.suffix)).toContain('title: Night assistant')
    const held = await golden.directory.client().read(golden.dnOf(idOf('j.pell')) ?? '', ['title'])
    expect(held?.values['title']).toEqual(['Night assistant'])
  })

  it('--dry-run refuses what the server would refuse', async () => {
    const said = await run(
      [
        ...['explain', mapping, 'POST', '/Users', '--dry-run', ...side()],
        ...body({ schemas: [user], userName: 'CHER' }),
      ],
      env,
    )
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining('another User has this userName already') })
  })
})
