import type { Ask } from '../private-server/guard.ts'
import { guarded } from '../private-server/life.ts'
import { freePort } from '../private-server/port.ts'

/** A database server that is there for one playground. */
export interface PrivateServer {
  readonly port: number
  /** What the server says. */
  readonly logFile: string
  end(): Promise<void>
}

/** How a prepared server is started, and when it serves. */
export interface Prepared {
  readonly folder: string
  /** The fastest end: nobody will ask for the data again. */
  readonly endSignal: NodeJS.Signals
  ask(port: number): Ask
  /** Rejects as long as nobody is served. */
  probe(port: number): Promise<void>
}

/** Another process may take a free port before the server does, so a few are tried. */
export async function startServer({ folder, endSignal, ask, probe }: Prepared): Promise<PrivateServer> {
  const life = guarded(folder, endSignal)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const ready = (): Promise<boolean> =>
      probe(port).then(
        () => true,
        () => false,
      )
    try {
      await life.start(ask(port), ready)
      return { port, logFile: ask(port).outputFile, end: life.end }
    } catch (error) {
      if (attempt < 3 && /in use/i.test((error as Error).message)) continue
      await life.end()
      throw error
    }
  }
}
