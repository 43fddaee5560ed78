import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { host } from '../../src/cli/private-server/port.ts'
import { lackOf, startServer } from './start-server.ts'
import type { Missing } from '../../src/cli/private-server/packages.ts'
import type { Instance, ServerKind, SqlFacts, SqlServerKind } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where a test file asks for a server. */
    readonly serversPort: number
  }
}

/** What a test file is answered: plain data, or why there is none. */
export type Answer =
  | { readonly facts: SqlFacts }
  /** The packages are there, and who asks starts it. */
  | { readonly installed: true }
  | Missing
  | { readonly error: string }

/**
 * Runs once, in the process of vitest itself. Test files ask it for a server over a loopback connection: the first one
 * that asks starts it, so that a run that needs no server pays for none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<SqlServerKind, Promise<Instance<SqlFacts> | Missing>>()
  const once = (kind: SqlServerKind): Promise<Instance<SqlFacts> | Missing> => {
    const before = started.get(kind)
    if (before) return before
    const starting = startServer(kind)
    started.set(kind, starting)
    return starting
  }
  const desk = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (asked) => {
      void answer(asked.toString() as ServerKind, once).then((it) => socket.end(JSON.stringify(it)))
    })
  })
  await new Promise<void>((resolve) => desk.listen(0, host, resolve))
  desk.unref()
  project.provide('serversPort', (desk.address() as AddressInfo).port)

  return async () => {
    desk.close()
    const all = await Promise.allSettled(started.values())
    const instances = all.flatMap((one) => (one.status === 'fulfilled' && 'facts' in one.value ? [one.value] : []))
    await Promise.all(instances.map((one) => one.end()))
  }
}

async function answer(
  kind: ServerKind,
  once: (kind: SqlServerKind) => Promise<Instance<SqlFacts> | Missing>,
): Promise<Answer> {
  try {
    if (kind === 'openldap') return (await lackOf(kind)) ?? { installed: true }
    const got = await once(kind)
    return 'missing' in got ? got : { facts: got.facts }
  } catch (error) {
    return { error: (error as Error).message }
  }
}
