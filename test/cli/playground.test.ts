import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const main = join(import.meta.dirname, '../../src/main.ts')

interface Run {
  readonly out: string
  readonly err: string
  readonly code: number | null
}

let folder = ''
let temporary = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playground-test-'))
  temporary = mkdtempSync(join(folder, 'tmp-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the command to its end; `onReady` is told the READY line and may send a signal. */
const run = (argv: readonly string[], onReady: (line: string, stop: () => void) => void = () => undefined) =>
  new Promise<Run>((resolve) => {
    const child = spawn(process.execPath, [main, 'playground', ...argv], {
      env: { PATH: process.env['PATH'], TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('\n')) onReady(out.trim(), () => child.kill('SIGTERM'))
    })
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    const patience = setTimeout(() => child.kill('SIGKILL'), 15_000)
    child.once('exit', (code) => {
      clearTimeout(patience)
      resolve({ out, err, code })
    })
  })

describe('playground', () => {
  it.each(['demo', 'conformance-sqlite'])('serves %s until it is stopped, and leaves nothing behind', async (name) => {
    let status = 0
    const info = join(folder, 'info.json')
    const { out, code } = await run([name, '--info', info], (line, stop) => {
      const [, url, token] = line.split(' ')
      void fetch(`${url}/Users?count=1`, { headers: { authorization: `Bearer ${token}` } })
        .then((answer) => (status = answer.status))
        .finally(stop)
    })
    expect(out).toMatch(/^READY http:\/\/127\.0\.0\.1:\d+\/scim\/v2 [\w-]{32}\n$/)
    expect([status, code]).toEqual([200, 0])
    expect(JSON.parse(readFileSync(info, 'utf8'))).toMatchObject({ backend: { kind: 'sqlite' } })
    expect(readdirSync(temporary)).toEqual([])
  })

  it.each([
    ['what is no playground', ['nosuch']],
    ['a place that cannot be written', ['demo', '--info', join('/nosuch', 'info.json')]],
    ['a profile that is none', ['demo', '--profile', 'nosuch']],
    ['a port that is none', ['demo', '--port', '70000']],
  ])('ends with a reason for %s, and leaves nothing behind', async (_, argv) => {
    const { out, err, code } = await run(argv)
    expect([out, code]).toEqual(['', 1])
    expect(err).toMatch(/^\S.*\n$/s)
    expect(err).not.toMatch(/\n\s+at /)
    expect(readdirSync(temporary)).toEqual([])
  })
})
