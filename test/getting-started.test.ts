/** The commands of docs/getting-started.md, as they stand there, through sh and curl. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBridgeError } from '../src/base/errors.ts'
import type { JsonObject } from '../src/base/json.ts'
import { startPlayground } from '../src/cli/playground.ts'
import type { Playground } from '../src/cli/playground.ts'
import { finish, folder, mappings, root, startProcess } from './cli/process.ts'
import { blocksOf, looksLike } from './markdown.ts'

const page = readFileSync(join(root, 'docs/getting-started.md'), 'utf8')
const sh = blocksOf(page).filter(({ language }) => language === 'sh')
const setting = sh.find(({ text }) => text.includes('scim() {'))?.text ?? ''
/** A command begins where a line begins with its name, and ends before the next one. */
const commands = sh.flatMap(({ text }) =>
  text.split(/^(?=scim |sqlite3 )/m).filter((one) => /^(?:scim|sqlite3) /.test(one)),
)

const has = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const fileOf = (at: Playground): string => fileURLToPath((at.info['backend'] as JsonObject)['url'] as string)

const any = '…'
const rest = { '…': any }
const list = (totalResults: number | string, ...Resources: unknown[]): unknown => ({ totalResults, Resources, ...rest })
const error = (status: number, scimType?: string): unknown => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
  status: String(status),
  detail: any,
  ...(scimType !== undefined && { scimType }),
})
const tara = { id: any, userName: 'tchaudhry', ...rest }

/** What each command of the page brings, in its order. */
const expected: readonly (readonly [command: string, status: number, body: unknown])[] = [
  [
    'userName eq "ibrandao"',
    200,
    list(1, { id: '1015', [enterprise]: { department: 'Research & Development', ...rest }, ...rest }),
  ],
  ['Users/1015', 200, { id: '1015', userName: 'ibrandao', emails: [any, any], groups: [any, any, any], ...rest }],
  ['startIndex=11', 200, { itemsPerPage: 5, startIndex: 11, Resources: [any, any, any, any, any], ...rest }],
  ['emails[type eq "home"]', 200, list(any, { schemas: any, id: any, userName: any, emails: any }, any)],
  ['excludedAttributes=members', 200, list(15, { displayName: 'All Employees', ...rest }, any)],
  ['members.value eq "1015"', 200, list(3, { schemas: any, id: 'role-1', displayName: 'All Employees' }, any)],
  ['/Schemas', 200, list(3, any)],
  ['/ResourceTypes', 200, list(2, any)],
  ['/ServiceProviderConfig', 200, { patch: { supported: true }, ...rest }],
  [
    '"tchaudhry"',
    201,
    {
      ...tara,
      externalId: '7f3c1d',
      active: true,
      displayName: 'Tara Chaudhry',
      [enterprise]: { department: 'Calibration Laboratory', manager: { value: '1004', ...rest } },
    },
  ],
  ['Metrologist', 200, { ...tara, title: 'Metrologist' }],
  ['role-9', 204, undefined],
  ['"active", "value": false', 200, { ...tara, active: false, groups: [{ value: 'role-9', ...rest }] }],
  ['sqlite3', 0, undefined],
  ['IBRANDAO', 409, error(409, 'uniqueness')],
  ['nickName', 400, error(400, 'invalidFilter')],
  ['Astrology', 400, error(400, 'invalidValue')],
  ['-X DELETE', 204, undefined],
  ['"$BASE/Users/$ID"\n', 404, error(404)],
]

describe.runIf(has('curl'))('getting started', () => {
  let demo: Playground
  let place = ''
  let id = ''
  beforeAll(async () => {
    demo = await startPlayground('demo', { empty: false, mappings, env: {}, observe: () => undefined })
    const file = fileOf(demo)
    place = join(file, '..')
    mkdirSync(join(place, 'data'))
    symlinkSync(file, join(place, 'data', 'demo.db'))
    // the page shows bodies only; the status comes behind them
    writeFileSync(join(place, '.curlrc'), 'write-out = "\\n%{http_code}\\n"\n')
  })
  afterAll(() => demo.stop())

  it('has the commands that are held here', () => {
    expect(commands).toHaveLength(expected.length)
    expect(setting).toMatch(/^BASE=http:\/\/127\.0\.0\.1:8080\/scim\/v2$/m)
  })

  it.each(expected.map(([part, status, body], i) => [i, part, status, body] as const))(
    'command %i: %s',
    async (i, part, status, body) => {
      const command = commands[i] ?? ''
      expect(command).toContain(part)
      if (part === 'sqlite3' && !has('sqlite3')) return
      const script = `${setting.replace(/^BASE=.*$/m, `BASE=${demo.url}`).replace(/^TOKEN=.*$/m, `TOKEN=${demo.token}`)}\nID=${id}\n${command}`
      const run = startProcess('sh', ['-c', script], { cwd: place, env: { CURL_HOME: place } })
      const { code, out, err } = await finish(run)
      expect([code, err]).toEqual([0, ''])
      if (part === 'sqlite3') {
        expect(out).toMatch(new RegExp(`^${id}\\|S\\n\\d+\\|${id}\\|A\\|S\\|`))
        return
      }
      const lines = out.trimEnd().split('\n')
      expect(lines.at(-1), out).toBe(String(status))
      // what the page says behind a command that is refused
      const [, said, word] = /# (\d{3}) (\w+)/.exec(command) ?? []
      if (said !== undefined)
        expect([Number(said), out]).toEqual([status, expect.stringContaining(`"${word}"`) as string])
      if (body === undefined) return
      const value = JSON.parse(lines.slice(0, -1).join('\n')) as JsonObject
      if (!looksLike(body, value)) expect(value).toEqual(body)
      if (status === 201) id = String(value['id'])
    },
  )
})

describe('getting started: changing the mapping', () => {
  /** A copy of the demonstration with one text put for another. */
  async function changed(from: string | RegExp, to: string): Promise<Playground> {
    const copy = join(folder(), 'mappings')
    cpSync(mappings, copy, { recursive: true })
    const file = join(copy, 'demo.yaml')
    const text = readFileSync(file, 'utf8')
    const changed = text.replace(from, to)
    expect(changed).not.toBe(text)
    writeFileSync(file, changed)
    return startPlayground('demo', { empty: false, mappings: copy, env: {}, observe: () => undefined })
  }
  const refusal = (from: string, to: string): Promise<string> =>
    changed(from, to).then(
      async (running) => {
        await running.stop()
        return 'started'
      },
      (problem: unknown) => (isBridgeError(problem) ? problem.detail : Promise.reject(problem as Error)),
    )
  const send = (at: Playground, path: string, method = 'GET', body?: unknown): Promise<Response> =>
    fetch(at.url + path, {
      method,
      headers: { authorization: `Bearer ${at.token}`, 'content-type': 'application/scim+json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  it('takes an attribute away with its line', async () => {
    const without = await changed(/^ *phoneNumbers\[type eq "fax"\].*\n/m, '')
    const found = await send(without, `/Users?count=1000&attributes=phoneNumbers`)
    expect(await found.text()).not.toContain('"fax"')
    await without.stop()
  })

  it('tells a mistyped path and a mistyped column', async () => {
    expect(await refusal('name.familyName: {', 'name.famlyName: {')).toMatch(
      /demo\.yaml:\d+:\d+: .*famlyName.*familyName/,
    )
    expect(await refusal('name.givenName: FNAME', 'name.givenName: FNAM')).toMatch(/no column FNAM/)
  })

  it('makes a department that the lookup table does not have', async () => {
    const making = await changed('onMissing: refuse', 'onMissing: create')
    const patched = await send(making, '/Users/1015', 'PATCH', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: `${enterprise}:department`, value: 'Astrology' }],
    })
    expect([patched.status, await patched.json()]).toMatchObject([200, { [enterprise]: { department: 'Astrology' } }])
    const database = new DatabaseSync(fileOf(making), { readOnly: true })
    expect(database.prepare('SELECT count(*) AS n FROM DEPT').get()).toEqual({ n: 13 })
    database.close()
    await making.stop()
  })
})
