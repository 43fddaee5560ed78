import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import { start } from '../../src/cli/start.ts'
import { serve as serveCommand } from '../../src/cli/serve.ts'
import { readConfig } from '../../src/config.ts'
import { bridge, finish, folder, get, mappings, secret } from './process.ts'
import type { Started } from './process.ts'

const demo = join(mappings, 'demo.yaml')
const conformance = join(mappings, 'conformance-sqlite.yaml')

/** Everything that the shipped mappings keep goes to a folder of the test. */
function place(): { readonly cwd: string; readonly env: Record<string, string> } {
  const cwd = folder()
  return {
    cwd,
    env: {
      SCIM_BRIDGE_TOKEN: secret,
      SCIM_BRIDGE_DEMO_DB: join(cwd, 'new', 'demo.db'),
      SCIM_BRIDGE_CONFORMANCE_DB: join(cwd, 'conformance.db'),
    },
  }
}

const serve = (at: ReturnType<typeof place>, ...args: readonly string[]): Started =>
  bridge(['serve', '--port', '0', ...args], at)

/** What the command says instead of starting, told without a process of its own. */
async function refused(at: ReturnType<typeof place>, args: readonly string[]): Promise<string> {
  const said = (text: string): never => {
    throw new Error(`unexpected: ${text}`)
  }
  const argv = args.includes('--port') ? args : ['--port', '0', ...args]
  try {
    await serveCommand(argv, { env: at.env, mappings, input: process.stdin, print: said, complain: said })
  } catch (error) {
    if (isBridgeError(error)) return error.detail
    throw error
  }
  throw new Error('started')
}

describe('serve', () => {
  it('serves one mapping at /scim/v2 and says where', async () => {
    const running = serve(place(), demo)
    const [, url = ''] = await running.printed(/^LISTENING (http:\/\/127\.0\.0\.1:\d+\/scim\/v2)\n/)
    const list = (await (await get(`${url}/Users?count=0`)).json()) as { totalResults: number }
    expect(list.totalResults).toBeGreaterThan(100)
    expect((await fetch(`${url}/Users`)).status).toBe(401)
    expect(
      running
        .stderr()
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { message: string }).message),
    ).toContain('listening')
  })

  it('does not start with a sensitive filter that nothing is guarded by', async () => {
    const at = place()
    const file = join(at.cwd, 'bridge.yaml')
    writeFileSync(file, `applications: { demo: ${demo} }\nsensitiveFilters: [userName, mail]\n`)
    await expect(start(readConfig(file, {}, at.env), at.env, () => undefined)).rejects.toThrow(
      'sensitiveFilters: no application has an attribute "mail"',
    )
  })

  it('serves several mappings at once, each at /<name>/scim/v2', async () => {
    const running = serve(place(), demo, conformance)
    const [, first = '', second = ''] = await running.printed(/^LISTENING (\S+)\nLISTENING (\S+)\n/)
    expect([new URL(first).pathname, new URL(second).pathname]).toEqual([
      '/demo/scim/v2',
      '/conformance-sqlite/scim/v2',
    ])
    const totals = await Promise.all(
      [first, second].map(
        async (url) => ((await (await get(`${url}/Users?count=0`)).json()) as { totalResults: number }).totalResults,
      ),
    )
    expect(totals[0]).toBeGreaterThan(100)
    expect(totals[1]).toBe(0)
    expect((await get(first.replace('/demo', '') + '/Users')).status).toBe(404)
  })

  const wrong = (at: ReturnType<typeof place>): string => {
    const file = join(at.cwd, 'wrong.yaml')
    const text = readFileSync(demo, 'utf8')
      .replace('onMissing: refuse', 'onMissing: perhaps')
      .replace('size: large', 'size: huge')
    writeFileSync(file, text)
    return file
  }

  it.each<[string, (at: ReturnType<typeof place>) => readonly string[], readonly RegExp[]]>([
    ['a token', (at) => ((at.env.SCIM_BRIDGE_TOKEN = ''), [demo]), [/^no token is configured .*SCIM_BRIDGE_TOKEN/]],
    [
      'a long token',
      (at) => ((at.env.SCIM_BRIDGE_TOKEN = 'secret'), [demo]),
      [/^SCIM_BRIDGE_TOKEN: must have at least 16 characters$/],
    ],
    ['a mapping', () => [], [/^no application is configured \(name a mapping file\)$/]],
    ['loopback', () => ['--host', '0.0.0.0', demo], [/^--host: .*not loopback.*insecureHttp/]],
    ['a port that is one', () => ['--port', '70000', demo], [/^--port: listen\.port: /]],
    ['a mapping that is there', () => ['nowhere.yaml', demo], [/nowhere\.yaml: cannot be read$/]],
    [
      'a mapping without mistakes',
      (at) => [wrong(at)],
      [/wrong\.yaml:\d+:\d+: onMissing: /, /wrong\.yaml:\d+:\d+: size: /],
    ],
    ['mappings without mistakes', (at) => ['nowhere.yaml', wrong(at)], [/nowhere\.yaml/, /onMissing/, /size/]],
    [
      'a configuration without mistakes',
      (at) => {
        const file = join(at.cwd, 'bridge.yaml')
        writeFileSync(file, 'listen: { prot: 1 }\nlimits: { page: 0 }\ntokens: [{ name: a, sha256: b }]\n')
        return ['--config', file]
      },
      [
        /bridge\.yaml:1:11: .*did you mean "port"/,
        /bridge\.yaml:2:11: limits\.page/,
        /bridge\.yaml:3:\d+: tokens\.0\.sha256/,
      ],
    ],
    [
      'the tables of the mapping',
      (at) => {
        const file = join(at.cwd, 'columns.yaml')
        writeFileSync(
          file,
          readFileSync(demo, 'utf8')
            .replace('FNAME', 'FNAM')
            .replace('JOB_TITLE', 'JOB')
            .replace(':-demo.sql', `:-${join(mappings, 'demo.sql')}`),
        )
        return [file]
      },
      [/^columns: the mapping does not fit the database:$/, /no column FNAM; did you mean FNAME\?/, /no column JOB/],
    ],
    [
      'a script that runs',
      (at) => {
        at.env.SCIM_BRIDGE_DEMO_SQL = join(at.cwd, 'broken.sql')
        writeFileSync(at.env.SCIM_BRIDGE_DEMO_SQL, 'CREATE TABLE EMP (EMP_NO); SELEKT')
        return [demo]
      },
      [/^demo: .*SELEKT/],
    ],
  ])('does not start without %s, and says so', async (_, args, problems) => {
    const at = place()
    const outcome = await refused(at, args(at))
    const lines = outcome.split('\n')
    expect(lines, outcome).toHaveLength(problems.length)
    problems.forEach((problem, i) => expect(lines[i]).toMatch(problem))
  })

  it('says on standard error what is wrong and ends with 1', async () => {
    const at = place()
    const { code, out, err } = await finish(serve(at, 'nowhere.yaml'))
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/nowhere\.yaml: cannot be read\n$/)
  })

  it('says that the port is in use', async () => {
    const running = serve(place(), demo)
    const [, port = ''] = await running.printed(/127\.0\.0\.1:(\d+)/)
    const second = await finish(bridge(['serve', '-p', port, demo], place()))
    expect(second).toEqual({ code: 1, out: '', err: `Cannot listen on 127.0.0.1 port ${port}: the port is in use\n` })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('finishes what is under way after %s and ends with 0', async (signal) => {
    const running = serve(place(), demo)
    const [, port = ''] = await running.printed(/127\.0\.0\.1:(\d+)/)
    const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'last' })
    const socket = connect(Number(port), '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    const closed = new Promise((done) => socket.once('close', done))
    socket.write(
      `POST /scim/v2/Users HTTP/1.1\r\nHost: bridge\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/scim+json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    )
    await new Promise((later) => setTimeout(later, 200))
    process.kill(running.pid, signal)
    await new Promise((later) => setTimeout(later, 200))
    await expect(get(`http://127.0.0.1:${port}/scim/v2/Users`)).rejects.toThrow()
    socket.write(body.slice(10))
    await closed
    expect(answer).toMatch(/^HTTP\/1\.1 201 /)
    expect(answer).toMatch(/\r\nConnection: close\r\n/)
    expect(await running.ended).toEqual({ code: 0, signal: null })
    expect(running.stderr()).toContain(signal)
  })
})
