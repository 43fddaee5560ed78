import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bridge, finish, folder, root, startProcess } from './process.ts'
import type { Started } from './process.ts'

const start = (cwd: string, env: Record<string, string> = {}): Started => bridge(['demo', '--port', '0'], { cwd, env })

async function stop(running: Started): Promise<void> {
  process.kill(running.pid, 'SIGTERM')
  expect(await running.ended, running.stderr()).toEqual({ code: 0, signal: null })
}

const hasCurl = ((): boolean => {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** The commands among the lines that are printed: each begins with `curl` and goes on while a line ends with a backslash. */
const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^curl (?:.*\\\n)*.*$/gm)].map(([command]) => command)

describe('npm start', () => {
  it('makes a token once, for the owner only, and keeps what was written', async () => {
    const cwd = folder()
    const first = start(cwd)
    const [, token = ''] = await first.printed(/^Authorization: Bearer (\S+)$/m)
    const file = join(cwd, 'data', 'token')
    expect(readFileSync(file, 'utf8')).toBe(`${token}\n`)
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    expect(token.length).toBeGreaterThanOrEqual(32)
    expect((statSync(join(cwd, 'data', 'side.db-cursors.key')).mode & 0o777).toString(8)).toBe('600')
    await stop(first)
    expect(readdirSync(join(cwd, 'data')).sort()).toEqual([
      'demo.db',
      'side.db',
      'side.db-cursors.key',
      'side.db-demo.lock',
      'token',
    ])

    const second = start(cwd)
    const [, again] = await second.printed(/^Authorization: Bearer (\S+)$/m)
    expect(again).toBe(token)
    await stop(second)

    const third = start(cwd, { SCIM_BRIDGE_TOKEN: 'a-token-of-my-own-choice' })
    const [, own] = await third.printed(/^Authorization: Bearer (\S+)$/m)
    expect(own).toBe('a-token-of-my-own-choice')
    expect(readFileSync(file, 'utf8')).toBe(`${token}\n`)
    await stop(third)
  })

  it.runIf(hasCurl)('prints requests that work when they are pasted into a shell', async () => {
    const running = start(folder())
    await running.printed(/^What becomes of a request/m)
    const commands = commandsIn(running.stdout())
    expect(commands).toHaveLength(3)
    const answers: unknown[] = []
    for (const command of commands) {
      const { code, out, err } = await finish(startProcess('sh', ['-c', command]))
      expect([code, err]).toEqual([0, ''])
      answers.push(JSON.parse(out))
    }
    const [sales, made, found] = answers
    expect(sales).toMatchObject({ itemsPerPage: 2, Resources: [{ active: expect.anything() as unknown }, {}] })
    expect(made).toMatchObject({ userName: 'ada', displayName: 'Ada Lovelace', externalId: '00u1' })
    expect(found).toMatchObject({ totalResults: 1, Resources: [made] })
    await stop(running)
  })

  it('explains the request that it names', async () => {
    const running = start(folder())
    const [, line = ''] = await running.printed(/^What becomes of a request: npm run -s scim-bridge -- (.*)$/m)
    const explained = await finish(
      startProcess('sh', ['-c', `"$NODE" src/main.ts ${line}`], { env: { NODE: process.execPath }, cwd: root }),
    )
    expect([explained.code, explained.err]).toEqual([0, ''])
    expect(explained.out).toContain('"LOGIN"')
    await stop(running)
  })

  it('is what npm runs, and what a signal to npm ends', async () => {
    const place = folder()
    const running = startProcess('npm', ['start', '-s', '--', '--port', '0', '--side-store', join(place, 'side.db')], {
      env: { SCIM_BRIDGE_TOKEN: 'a-token-of-my-own-choice', SCIM_BRIDGE_DEMO_DB: join(place, 'demo.db') },
    })
    await running.printed(/^LISTENING http:\/\/127\.0\.0\.1:\d+\/scim\/v2$/m)
    process.kill(running.pid, 'SIGTERM')
    expect((await running.ended).code).toBe(0)
  })
})
