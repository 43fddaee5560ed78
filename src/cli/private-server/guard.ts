/**
 * Keeps one server and its folder, as a process of its own. Whoever started the guard holds the other end of its
 * standard input; when that closes, for whatever reason (the work is done, Ctrl-C, a crash, SIGKILL), the server is
 * ended and the folder removed. So nothing outlives whoever needed the server, and no pid is ever guessed.
 *
 * Asked by lines of JSON (`Ask`), answers by lines of JSON (`Tell`).
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { openSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface Ask {
  readonly file: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
  readonly outputFile: string
}

export type Tell = { readonly pid: number } | { readonly ended: string }

const [folder, endSignal] = process.argv.slice(2) as [string, NodeJS.Signals]
let child: ChildProcess | undefined
let over = false

const tell = (message: Tell): void => {
  if (!over) process.stdout.write(`${JSON.stringify(message)}\n`)
}

function start({ outputFile, file, args, ...as }: Ask): void {
  const output = openSync(outputFile, 'a')
  const started = spawn(file, args, { ...as, cwd: folder, stdio: ['ignore', output, output] })
  child = started
  const ended = (how: string): void => {
    if (child !== started) return
    child = undefined
    if (over) leave()
    else tell({ ended: how })
  }
  started.on('error', (error) => ended(error.message))
  started.on('exit', (code, signal) => ended(String(code ?? signal)))
  if (started.pid !== undefined) tell({ pid: started.pid })
}

function leave(): void {
  // the children of a server may still be writing for a moment after it
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  process.exit(0)
}

function finish(): void {
  if (over) return
  over = true
  if (child === undefined) return leave()
  // a server that was frozen takes no other signal
  child.kill('SIGCONT')
  child.kill(endSignal)
  // PostgreSQL itself kills children that do not obey, after five seconds
  setTimeout(() => {
    child?.kill('SIGKILL')
    setTimeout(leave, 500)
  }, 8000)
}

// the other end of the pipes may go first
process.stdout.on('error', finish)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, finish)
createInterface({ input: process.stdin })
  .on('line', (line) => start(JSON.parse(line) as Ask))
  .on('close', finish)
