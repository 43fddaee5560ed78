import { spawn } from 'node:child_process'
import type { RunAs } from './run-as.ts'

export interface RunOptions {
  readonly as?: RunAs
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs a program to its end; the last lines of what it said are the error when it fails. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const child = spawn(file, args, {
    ...options.as,
    cwd: options.cwd ?? '/',
    env: { ...process.env, LC_ALL: 'C', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  child.on('error', reject)
  child.on('close', (code, signal) => {
    const text = Buffer.concat(said).toString()
    if (code === 0) resolve(text)
    else reject(new Error(`${file} ended with ${code ?? signal}: ${text.trim().split('\n').slice(-5).join(' | ')}`))
  })
  return promise
}
