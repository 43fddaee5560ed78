import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Ask, Tell } from './guard.ts'

/** A server process under guard. */
export interface Life {
  /** Starts the process and waits until `ready` comes true; throws with its last words when it ends before that. */
  start(ask: Ask, ready: () => Promise<boolean>): Promise<number>
  /** Sends a signal and waits for the end of the process. */
  stop(signal: NodeJS.Signals): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Ends the process, removes the folder. */
  end(): Promise<void>
}

const patience = 60_000

// .js in the package, .ts in the repository
const guardFile = join(import.meta.dirname, `guard${extname(import.meta.filename)}`)

/** `endSignal` is the fastest way to be rid of the server, with no thought for its data. */
export function guarded(folder: string, endSignal: NodeJS.Signals): Life {
  // a group of its own: Ctrl-C reaches every process of the terminal's group at once, and the guard has to come last
  const guard = spawn(process.execPath, [guardFile, folder, endSignal], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  guard.unref()
  for (const pipe of [guard.stdin, guard.stdout]) (pipe as unknown as { unref(): void }).unref()
  guard.stdin.on('error', () => undefined)
  const left = new Promise<void>((resolve) => guard.on('exit', () => resolve()))

  let pid: number | undefined
  let ended: string | undefined = 'never started'
  let heard: () => void = () => undefined
  createInterface({ input: guard.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as Tell
    if ('pid' in message) pid = message.pid
    else [ended, pid] = [message.ended, undefined]
    heard()
  })

  const signal = (name: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) process.kill(pid, name)
    } catch (error) {
      // it has ended, and the guard's word of it is on the way
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  const until = async (done: () => boolean | Promise<boolean>, what: string): Promise<void> => {
    const latest = Date.now() + patience
    while (!(await done())) {
      if (Date.now() > latest) throw new Error(`${what} took longer than ${patience / 1000} s`)
      await new Promise<void>((resolve) => {
        heard = resolve
        setTimeout(resolve, 20)
      })
    }
  }

  return {
    signal,
    async start(ask, ready) {
      if (pid !== undefined) throw new Error('the server runs already')
      ended = undefined
      guard.stdin.write(`${JSON.stringify(ask)}\n`)
      await until(async () => ended !== undefined || (pid !== undefined && (await ready())), `the start of ${ask.file}`)
      if (ended !== undefined || pid === undefined)
        throw new Error(`${ask.file} ended with ${ended}: ${lastWords(ask.outputFile)}`)
      return pid
    },
    async stop(name) {
      signal('SIGCONT')
      signal(name)
      await until(() => pid === undefined, `stopping a server by ${name}`)
    },
    async end() {
      guard.ref()
      guard.stdin.end()
      await left
    },
  }
}

function lastWords(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join(' | ')
  } catch {
    return 'nothing was said'
  }
}
