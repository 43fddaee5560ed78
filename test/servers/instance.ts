import { guarded } from '../../src/cli/private-server/life.ts'
import type { Ask } from '../../src/cli/private-server/guard.ts'
import type { Facts, Instance } from './server.ts'

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
    return {
      facts: { ...kindred.facts, ...begun, port },
      start: async () => (await again(() => startOn(port))).pid,
      stop: () => life.stop(kindred.signals.stop),
      kill: () => life.stop('SIGKILL'),
      pause: () => life.signal('SIGSTOP'),
      resume: () => life.signal('SIGCONT'),
      end: life.end,
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

/** After a kill PostgreSQL's children hold its shared memory until they notice. */
async function again<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start()
    } catch (error) {
      if (attempt === 50 || !/shared memory|in use/i.test((error as Error).message)) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
