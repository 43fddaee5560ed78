/** The logs of the guides are those of a run: the requests below, against the demonstration, with tokens named as there. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { start } from '../../src/cli/start.ts'
import type { Running } from '../../src/cli/start.ts'
import { readConfig } from '../../src/config.ts'
import { log } from '../../src/observe/log.ts'
import { blocksOf, looksLike } from '../markdown.ts'
import { scimClient } from '../wire/client.ts'
import type { Client } from '../wire/client.ts'
import { enterpriseSchema, person } from '../wire/people.ts'
import { mappings } from '../wire/playground.ts'

const guides = join(import.meta.dirname, '../../docs/clients')
const read = (guide: string): string => readFileSync(join(guides, guide), 'utf8')
const tokens = { entra: 'a-token-for-entra-in-a-test', okta: 'a-token-for-okta-in-a-test' }

let folder: string
let running: Running
let lines: unknown[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scim-bridge-'))
  const named = Object.entries(tokens).map(
    ([name, token]) => `  - { name: ${name}, sha256: ${createHash('sha256').update(token).digest('hex')} }`,
  )
  const config = join(folder, 'bridge.yaml')
  writeFileSync(
    config,
    `listen: { port: 0 }\ntokens:\n${named.join('\n')}\napplications:\n  hr: { mapping: '${join(mappings, 'demo.yaml')}', path: /scim }\n`,
  )
  const to = new Writable({
    write: (line: Buffer, _, done) => {
      lines.push(JSON.parse(line.toString('utf8')))
      done()
    },
  })
  const env = { SCIM_BRIDGE_DEMO_DB: join(folder, 'demo.db') }
  running = await start(readConfig(config, {}, env), env, log({ level: 'info', to }))
})
afterAll(async () => {
  await running?.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Say = (client: Client) => Promise<unknown>

const id = ({ body }: { readonly body: { readonly [name: string]: unknown } }): string => String(body['id'])
const nobody = '?filter=userName+eq+%22tchaudhry%22'
const tara = person('tchaudhry', { active: true, emails: [{ type: 'work', value: 'tara@meridian.example' }] })

const entraWorks: Say = async (client) => {
  await client.get('/Users?filter=userName+eq+%227d2e6a4c-5a0e-4f3e-8a53-0a8c3f4f4f55%22')
  await client.get(`/Users${nobody}`)
  const user = id(await client.post('/Users', tara))
  await client.patch(`/Users/${user}`, { op: 'Replace', path: 'title', value: 'Metrologist' })
  await client.get('/Groups?excludedAttributes=members&filter=displayName+eq+%22nobody%22')
  await client.patch('/Groups/role-1', { op: 'Add', path: 'members', value: [{ $ref: null, value: user }] })
  await client.patch(`/Users/${user}`, { op: 'Replace', path: 'active', value: 'False' })
  await client.delete(`/Users/${user}`)
}

const entraFails: Say = async (client) => {
  await client.send('GET', `/Users${nobody}`, { headers: { authorization: 'Bearer wrong' } })
  await client.get('/Users?filter=nickName+eq+%22x%22')
  await client.post('/Users', { ...tara, userName: 'ibrandao' })
  await client.patch('/Users/1015', { op: 'Add', path: 'nickName', value: 'x' })
  await client.patch('/Users/1015', { op: 'Add', path: `${enterpriseSchema}:department`, value: 'Astrology' })
  await client.get('/Users/999999')
}

const oktaWorks: Say = async (client) => {
  await client.get('/Users?startIndex=1&count=2')
  await client.get(`/Users${nobody}&startIndex=1&count=100`)
  const user = `/Users/${id(await client.post('/Users', { ...tara, groups: [], password: '1mz050nq' }))}`
  const { body } = await client.get(user)
  await client.put(user, { ...body, title: 'Metrologist' })
  await client.put(user, { ...body, active: false })
  await client.get('/Groups?filter=displayName%20eq%20%22Payroll%20clerk%22&startIndex=1&count=100')
  await client.patch('/Groups/role-1', { op: 'add', path: 'members', value: [{ value: body['id'] }] })
}

const oktaFails: Say = async (client) => {
  await client.send('GET', '/Users?startIndex=1&count=2', { headers: { authorization: 'Bearer wrong' } })
  await client.post('/Users', { ...tara, userName: 'ibrandao' })
  await client.post('/Users', { schemas: tara['schemas'] ?? [] })
}

/** What differs from run to run. */
const open = (line: string): unknown => ({
  ...(JSON.parse(line) as object),
  ...{ request: '…', milliseconds: '…', timestamp: '…' },
})

describe.each([
  ['entra', [entraWorks, entraFails]],
  ['okta', [oktaWorks, oktaFails]],
] as const)('docs/clients/%s.md', (name, runs) => {
  it('shows the log as it is', async () => {
    const client = scimClient(running.urls[0] ?? '', tokens[name])
    const blocks = blocksOf(read(`${name}.md`)).filter(({ language }) => language === 'json')
    expect(blocks).toHaveLength(runs.length)
    for (const [at, run] of runs.entries()) {
      lines = []
      await run(client)
      const told = (blocks[at]?.text ?? '').trim().split('\n')
      expect(lines).toHaveLength(told.length)
      const wrong = told.filter((line, i) => !looksLike(open(line), lines[i]))
      expect(wrong, JSON.stringify(lines, null, 1)).toEqual([])
    }
    client.close()
  })
})

describe.each(['entra.md', 'okta.md', 'generic.md'])('docs/clients/%s', (guide) => {
  it('names files that are there', () => {
    const text = read(guide)
    const links = [...text.matchAll(/\]\(([^)#]+)/g)].map((found) => join(guides, found[1] ?? ''))
    const tests = [...text.matchAll(/`(test\/[\w./-]+\.(?:json|ts))`/g)].map((found) =>
      join(guides, '../..', found[1] ?? ''),
    )
    expect([...links, ...tests].filter((path) => !existsSync(path))).toEqual([])
    expect(links.length + tests.length).toBeGreaterThan(0)
  })
})
