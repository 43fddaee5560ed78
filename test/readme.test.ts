/**
 * The README is run. In the order of the page, against one demonstration:
 *
 * - an `http` block that begins with a method is a request, as it is typed: the query is encoded here;
 * - an `http` block that begins with `HTTP/1.1` is its answer: status, the headers that are named, the body if one is;
 * - a `json` block is the body of its answer;
 * - an `sql` block is everything that it made the database execute, as the database's log shows it, blanks aside;
 * - an `ldap` block is the same of a directory: its request goes to the playground `openldap`, where there is a slapd;
 * - a `text` block is what the `sh` block before it prints; other `sh` blocks are held elsewhere;
 * - the `yaml` block is a resource type of a mapping over the demonstration's database.
 *
 * `…` stands for anything, a line `…` for any number of lines.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPlayground } from '../src/cli/playground.ts'
import type { Playground } from '../src/cli/playground.ts'
import { compileMapping } from '../src/mapping/compile.ts'
import { finish, mappings, root, startProcess } from './cli/process.ts'
import { blocksOf, looksLike, pattern } from './markdown.ts'
import type { Block } from './markdown.ts'
import { slapdLog } from './servers/slapd-log.ts'
import { describeServer } from './servers/with-server.ts'
import { record } from './sqlite-log.ts'
import type { Recorder } from './sqlite-log.ts'

const blocks = blocksOf(readFileSync(join(root, 'README.md'), 'utf8'))
const isAnswer = ({ language, text }: Block): boolean => language === 'http' && text.startsWith('HTTP/1.1 ')

interface Exchange {
  readonly request: Block
  /** The answer, its body and the statements, in the order of the page. */
  readonly said: readonly Block[]
}
const exchanges = blocks.flatMap((block, i): Exchange[] => {
  if (block.language !== 'http' || isAnswer(block)) return []
  const after = blocks.slice(i + 1)
  const end = after.findIndex((one) => !(isAnswer(one) || ['json', 'sql', 'ldap'].includes(one.language)))
  return [{ request: block, said: end < 0 ? after : after.slice(0, end) }]
})
const isOfDirectory = ({ said }: Exchange): boolean => said.some(({ language }) => language === 'ldap')
const titled = (some: readonly Exchange[]) =>
  some.map((exchange) => [`${exchange.request.line}: ${exchange.request.text.slice(0, 60)}`, exchange] as const)

/** The first line, the headers and the body of a message. */
function messageOf(text: string): { first: string; headers: ReadonlyMap<string, string>; body: string } {
  const [head = '', ...body] = text.trimEnd().split('\n\n')
  const [first = '', ...lines] = head.split('\n')
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
  return { first, headers, body: body.join('\n\n') }
}

const blanksAside = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Sends a request as it stands on the page. */
async function ask({ url, token }: Playground, { request }: Exchange): Promise<Response> {
  const { first, headers, body } = messageOf(request.text)
  const [, method = '', path = ''] = /^(\w+) (\S.*)$/.exec(first) ?? []
  return fetch(url + encodeURI(path), {
    method,
    headers: { ...Object.fromEntries(headers), authorization: `Bearer ${token}` },
    ...(body !== '' && { body }),
  })
}

/** Holds an answer against the page. */
async function hold(answer: Response, { said }: Exchange): Promise<void> {
  const text = await answer.text()
  const holds = (written: string): void => {
    const value: unknown = JSON.parse(text)
    if (!looksLike(JSON.parse(written), value)) expect(value).toEqual(JSON.parse(written))
  }
  for (const block of said) {
    if (block.language === 'json') {
      expect(answer.status, text).toBe(200)
      holds(block.text)
    } else if (isAnswer(block)) {
      const told = messageOf(block.text)
      expect(answer.status, text).toBe(Number(told.first.split(' ')[1]))
      for (const [name, value] of told.headers) expect(answer.headers.get(name)).toMatch(pattern(value))
      if (told.body !== '') holds(told.body)
    }
  }
}

describe('README', () => {
  let demo: Playground
  let recorder: Recorder
  beforeAll(async () => {
    demo = await startPlayground('demo', { empty: false, mappings, env: {}, observe: () => undefined })
    recorder = record((database) => database.location()?.endsWith('demo.db') === true)
  })
  afterAll(async () => {
    recorder.stop()
    await demo.stop()
  })

  it('shows requests', () => {
    expect(exchanges.length).toBeGreaterThanOrEqual(5)
    for (const { request, said } of exchanges) expect(said.length, `line ${request.line}`).toBeGreaterThan(0)
  })

  it.each(titled(exchanges.filter((one) => !isOfDirectory(one))))('line %s', async (_, exchange) => {
    recorder.log.length = 0
    const answer = await ask(demo, exchange)
    const statements = [...recorder.log]
    await hold(answer, exchange)
    for (const { text } of exchange.said.filter(({ language }) => language === 'sql')) {
      const written = text.split(';').map(blanksAside).filter(Boolean)
      expect(statements.map(blanksAside)).toEqual(
        written.map((one) => (one.includes('…') ? expect.stringMatching(pattern(one)) : one) as string),
      )
    }
  })

  const printed = blocks.flatMap((block, i) => {
    const after = blocks[i + 1]
    return block.language === 'sh' && after?.language === 'text' ? [[block.text.trim(), after.text] as const] : []
  })
  it.each(printed)('%s', async (command, text) => {
    const here = command.replace('npm run -s scim-bridge --', '"$NODE" src/main.ts')
    const { code, out, err } = await finish(startProcess('sh', ['-c', here], { env: { NODE: process.execPath } }))
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(pattern(text))
  })

  it('shows a mapping', () => {
    const [block] = blocks.filter(({ language }) => language === 'yaml')
    const { types } = compileMapping(
      [
        'version: 1',
        'backend: { kind: sql, dialect: sqlite, file: demo.db }',
        'resources:',
        '  User:',
        ...(block?.text ?? '').split('\n').map((line) => `    ${line}`),
      ].join('\n'),
      { file: 'README.md', env: {}, readFile: () => '' },
    )
    expect(types[0]?.attributes.length).toBeGreaterThan(5)
    // and every line of it is one of the demonstration's
    const shipped = blanksAside(readFileSync(join(mappings, 'demo.yaml'), 'utf8').replace(/#.*/g, '')).replace(
      /[{}, ]/g,
      '',
    )
    const attributes = (block?.text ?? '').slice((block?.text ?? '').indexOf('attributes:\n') + 12)
    for (const line of attributes.trimEnd().split('\n')) expect(shipped).toContain(line.replace(/[{}, ]/g, ''))
  })

  it('links to files that are there', () => {
    const links = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)]
    expect(links.length).toBeGreaterThan(5)
    for (const [, file = ''] of links) expect(() => readFileSync(join(root, file))).not.toThrow()
  })
})

// the playground has a server of its own; that there is one to be had is told by the shared one
await describeServer('openldap', 'README, of a directory', () => {
  let place: Playground
  beforeAll(async () => {
    place = await startPlayground('openldap', { empty: false, mappings, env: {}, observe: () => undefined })
  }, 60_000)
  afterAll(() => place.stop())

  it('shows requests', () => {
    expect(exchanges.filter(isOfDirectory).length).toBeGreaterThan(0)
  })

  it.each(titled(exchanges.filter(isOfDirectory)))('line %s', async (_, exchange) => {
    const { baseDn, logFile } = place.info['backend'] as { readonly baseDn: string; readonly logFile: string }
    const read = slapdLog(`cn=scim,ou=services,${baseDn}`)
    const log = (): string => readFileSync(logFile, 'utf8')
    const before = log()
    expect(read(before).length).toBeGreaterThan(0)
    await hold(await ask(place, exchange), exchange)
    // slapd writes an operation down before it answers it
    const operations = read(log().slice(before.length)).map(({ text }) => text)
    for (const { text } of exchange.said.filter(({ language }) => language === 'ldap'))
      expect(operations.join(' ')).toBe(blanksAside(text))
  })
})
