import { guarded } from '../../src/cli/private-server/life.ts'
import type { Ask } from '../../src/cli/private-server/guard.ts'
import type { Facts, Instance } from './server.ts'
import { signalTree } from './signal-tree.ts'

/** What differs between servers once their folder is prepared. */
export interface Kindred {
  readonly facts: Omit<Facts, 'pid' | 'version' | 'port'>
  ask(port: number): Ask
  /** Answers the version as soon as a client is served. */
  version(port: number): Promise<string>
  /** An orderly end, and the fastest one. */
  readonly signals: { readonly stop: NodeJS.Signals; readonly end: NodeJS.Signals }
  freePort(): Promise<number>
}

/** Starts a prepared server for the first time, and hands out its life. */
export async function instanceOf(kindred: Kindred): Promise<Instance> {
  const life = guarded(kindred.facts.folder, kindred.signals.end)
  const startOn = async (port: number): Promise<{ readonly pid: number; readonly version: string }> => {
    let version = ''
    const ready = async (): Promise<boolean> => {
      version = await kindred.version(port).catch(() => '')
      return version !== ''
    }
    return { pid: await life.start(kindred.ask(port), ready), version }
  }
  try {
    const { port, ...begun } = await onFreePort(kindred, startOn)
    let pid: number | undefined = begun.pid
    const toAll = (signal: NodeJS.Signals): void => {
      if (pid !== undefined) signalTree(pid, signal)
    }
    const ended = async (by: NodeJS.Signals): Promise<void> => {
      await life.stop(by)
      pid = undefined
    }
    return {
      facts: { ...kindred.facts, ...begun, port },
      async start() {
        const again = await patiently(() => startOn(port))
        pid = again.pid
        return pid
      },
      async stop() {
        toAll('SIGCONT')
        await ended(kindred.signals.stop)
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
  } catch (error) {
    await life.end()
    throw error
  }
}

/** Another process may take a free port before the server does, so a few are tried. */
async function onFreePort<T>(kindred: Kindred, start: (port: number) => Promise<T>): Promise<T & { port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await kindred.freePort()
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
