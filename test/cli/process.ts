import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'

export const root = resolve(import.meta.dirname, '../..')
export const mappings = join(root, 'mappings')
export const secret = 'a-token-of-some-length'

export interface Started {
  readonly child: ChildProcess
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Resolves when standard output matches; rejects when the process ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

export interface StartOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A folder that goes with the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'cli-test-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** The environment of the tests without what the test runner and npm put there. */
export const cleanEnv = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(?:npm_|VITEST|NODE_ENV|NODE_OPTIONS|SCIM_BRIDGE_)/.test(entry[0]),
    ),
  )

/** Types are stripped once for all the processes of the tests, not by each. */
export const compiledOnce = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/scim-bridge-tests') } as const

/** A process with both streams kept; what is left of it is killed at the end of the test. */
export function startProcess(file: string, args: readonly string[], options: StartOptions = {}): Started {
  const child = spawn(file, args, {
    cwd: options.cwd ?? root,
    env: { ...cleanEnv(), ...compiledOnce, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const pid = child.pid ?? 0
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const ended = new Promise<{ code: number | null; signal: string | null }>((done) => {
    child.once('close', (code, signal) => done({ code, signal }))
  })
  onTestFinished(() => {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // gone already
    }
  })
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((done, fail) => {
      const look = (): void => {
        const found = pattern.exec(out)
        if (found) done(found)
      }
      child.stdout.on('data', look)
      void ended.then(() => fail(new Error(`ended without ${pattern}:\n${out}\n${err}`)))
      look()
    })
  return { child, pid, stdout: () => out, stderr: () => err, printed, ended }
}

/** `scim-bridge …` */
export const bridge = (args: readonly string[], options?: StartOptions): Started =>
  startProcess(process.execPath, [join(root, 'src/main.ts'), ...args], options)

/** Runs to the end. */
export async function finish(started: Started): Promise<{ code: number | null; out: string; err: string }> {
  const { code } = await started.ended
  return { code, out: started.stdout(), err: started.stderr() }
}

export const get = (url: string, token = secret): Promise<Response> =>
  fetch(url, { headers: { authorization: `Bearer ${token}`, connection: 'close' } })

/** Waits for something that no event tells. */
export async function until(what: string, holds: () => boolean, within = 2000): Promise<void> {
  const end = Date.now() + within
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within ${within} ms: ${what}`)
    await new Promise((again) => setTimeout(again, 25))
  }
}
