import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bridge, finish, folder, get, root, startProcess, until } from './process.ts'
import type { Started } from './process.ts'

interface Ready {
  readonly running: Started
  readonly url: string
  readonly token: string
  /** The folder in which the playground makes its own. */
  readonly tmp: string
}

const readyLine = /^READY (\S+) (\S+)\n/

async function ready(args: readonly string[]): Promise<Ready> {
  const tmp = folder()
  const running = bridge(['playground', ...args], { env: { TMPDIR: tmp } })
  const [, url = '', token = ''] = await running.printed(readyLine)
  return { running, url, token, tmp }
}

async function total({ url, token }: Pick<Ready, 'url' | 'token'>, endpoint = '/Users'): Promise<number> {
  return ((await (await get(`${url}${endpoint}?count=0`, token)).json()) as { totalResults: number }).totalResults
}

describe('playground', () => {
  it('prints one line, writes how to reach its backend, and leaves nothing after SIGTERM', async () => {
    const info = join(folder(), 'info.json')
    const at = await ready(['demo', '--info', info])
    const told = JSON.parse(readFileSync(info, 'utf8')) as { pid: number; backend: { kind: string; url: string } }
    expect(told).toMatchObject({ pid: at.running.pid, backend: { kind: 'sqlite' } })
    expect(existsSync(fileURLToPath(told.backend.url))).toBe(true)
    expect(await total(at)).toBeGreaterThan(100)
    expect((await get(`${at.url}/Users`, 'another-token-of-some-length')).status).toBe(401)
    expect(at.running.stdout()).toBe(`READY ${at.url} ${at.token}\n`)
    expect(at.running.stderr()).toContain('"status":200')
    expect(readdirSync(at.tmp)).toHaveLength(1)
    process.kill(at.running.pid, 'SIGTERM')
    expect(await at.running.ended).toEqual({ code: 0, signal: null })
    expect(readdirSync(at.tmp)).toEqual([])
  })

  it('runs beside others, with its own people; SIGINT ends one of them', async () => {
    const [full, empty] = await Promise.all([ready(['conformance-sqlite']), ready(['demo', '--empty'])])
    expect(await total(full)).toBeGreaterThan(0)
    expect([await total(empty), await total(empty, '/Groups')]).toEqual([0, 0])
    expect(full.token).not.toBe(empty.token)
    process.kill(full.running.pid, 'SIGINT')
    expect(await full.running.ended).toEqual({ code: 0, signal: null })
    expect(readdirSync(full.tmp)).toEqual([])
    expect(await total(empty)).toBe(0)
  })

  it('speaks the dialect it is told', async () => {
    // a boolean in quotes, as one client sends it, is understood under tolerant and is no boolean under strict
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    }
    const [tolerant, strict] = await Promise.all([ready(['demo']), ready(['demo', '--profile', 'strict'])])
    const patch = async ({ url, token }: Ready): Promise<number> =>
      (
        await fetch(`${url}/Users/1015`, {
          method: 'PATCH',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
          body: JSON.stringify(body),
        })
      ).status
    expect([await patch(tolerant), await patch(strict)]).toEqual([200, 400])
  })

  it.each([
    [
      'what is no playground',
      ['nosuch'],
      /^there is no playground 'nosuch'; there are demo, conformance-sqlite, hr-mysql, .+\n$/,
    ],
    ['a place that cannot be written', ['demo', '--info', '/nosuch/info.json'], /^scim-bridge playground: ENOENT: /m],
    ['a profile that is none', ['demo', '--profile', 'nosuch'], /^there is no profile 'nosuch'; there are tolerant, /],
    ['a port that is none', ['demo', '--port', '70000'], /^--port: listen\.port: /],
  ])('ends with a reason for %s, and leaves nothing behind', async (_, args, reason) => {
    const tmp = folder()
    const { code, out, err } = await finish(bridge(['playground', ...args], { env: { TMPDIR: tmp } }))
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(reason)
    expect(err).not.toMatch(/\n\s+at /)
    expect(readdirSync(tmp)).toEqual([])
  })
})

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** SIGKILL gives nobody a chance to tell its children; npm outlives its own parent, too. */
describe.skipIf(!existsSync('/proc/self/status'))('playground whose starter is killed', () => {
  const byNpm = ['npm', 'run', '-s', 'playground', '--', 'demo', '--info'] as const
  const byNode = [process.execPath, join(root, 'src/main.ts'), 'playground', 'demo', '--info'] as const
  it.each([
    ['npm itself', 'npm', byNpm],
    ['the shell that started npm', 'sh', byNpm],
    ['the shell that started node', 'sh', byNode],
  ])('stops and leaves nothing: %s', async (_, killed, command) => {
    const info = join(folder(), 'info.json')
    const tmp = folder()
    const [file, ...args] = killed === 'npm' ? [...command, info] : ['sh', '-c', '"$@" & wait', 'sh', ...command, info]
    const starter = startProcess(file, args, { env: { TMPDIR: tmp } })
    const [, url = '', token = ''] = await starter.printed(readyLine)
    const { pid } = JSON.parse(readFileSync(info, 'utf8')) as { pid: number }
    expect(pid).not.toBe(starter.pid)
    expect(await total({ url, token })).toBeGreaterThan(100)
    process.kill(starter.pid, 'SIGKILL')
    // 2 s, and as much again for a machine that runs other tests meanwhile
    await until('the playground has ended', () => !isAlive(pid), 4000)
    // npm keeps its compile cache there
    expect(readdirSync(tmp).filter((name) => name !== 'node-compile-cache')).toEqual([])
    expect(starter.stdout()).toBe(`READY ${url} ${token}\n`)
  })
})
