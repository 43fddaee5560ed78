import { guarded } from '../../src/cli/private-server/life.ts'
import type { Life } from '../../src/cli/private-server/life.ts'
import { freePort } from '../../src/cli/private-server/port.ts'
import type { Ask } from '../../src/cli/private-server/guard.ts'
import type { Facts, Instance } from './server.ts'
import { signalTree } from './signal-tree.ts'

/** What differs between servers once their folder is prepared. */
export interface Kindred<F extends Facts> {
  readonly facts: Omit<F, keyof Begun>
  ask(port: number): Ask
  /** Answers the version as soon as a client is served. */
  version(port: number): Promise<string>
  /** What is left to do once it serves for the first time. */
  finish?(port: number): Promise<void>
}

/** What is known once it serves. */
type Begun = Pick<Facts, 'pid' | 'version' | 'port'>

/** An orderly end of a server, and the fastest one. */
export interface Signals {
  readonly stop: NodeJS.Signals
  readonly end: NodeJS.Signals
}

/** Prepares a server in its folder, which is under guard from the first moment, starts it, and hands out its life. */
export async function instanceOf<F extends Facts>(
  folder: string,
  signals: Signals,
  prepare: () => Promise<Kindred<F>>,
): Promise<Instance<F>> {
  const life = guarded(folder, signals.end)
  try {
    return await startIn(life, signals, await prepare())
  } catch (error) {
    await life.end()
    throw error
  }
}

async function startIn<F extends Facts>(life: Life, signals: Signals, kindred: Kindred<F>): Promise<Instance<F>> {
  const startOn = async (port: number): Promise<{ readonly pid: number; readonly version: string }> => {
    let version = ''
    const ready = async (): Promise<boolean> => {
      version = await kindred.version(port).catch(() => '')
      return version !== ''
    }
    return { pid: await life.start(kindred.ask(port), ready), version }
  }
  const { port, ...begun } = await onFreePort(startOn)
  await kindred.finish?.(port)
  let pid: number | undefined = begun.pid
  const toAll = (signal: NodeJS.Signals): void => {
    if (pid !== undefined) signalTree(pid, signal)
  }
  const ended = async (by: NodeJS.Signals): Promise<void> => {
    await life.stop(by)
    pid = undefined
  }
  return {
    // what was left out of the facts is put back
    facts: { ...kindred.facts, ...begun, port } as F,
    async start() {
      const again = await patiently(() => startOn(port))
      pid = again.pid
      return pid
    },
    async stop() {
      toAll('SIGCONT')
      await ended(signals.stop)
    },
    async kill() {
      toAll('SIGKILL')
      await ended('SIGKILL')
    },
    pause: () => toAll('SIGSTOP'),
    resume: () => toAll('SIGCONT'),
    async end() {
      toAll('SIGCONT')
      await life.end()
    },
  }
}

/** Another process may take a free port before the server does, so a few are tried. */
async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T & { port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    try {
      return { ...(await start(port)), port }
    } catch (error) {
      if (attempt === 3 || !/in use/i.test((error as Error).message)) throw error
    }
  }
}

/** After a kill the port or PostgreSQL's shared memory may be held for a moment. */
async function patiently<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start()
    } catch (error) {
      if (attempt === 50 || !/shared memory|in use/i.test((error as Error).message)) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
